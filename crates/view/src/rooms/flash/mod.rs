//! The Flash room: flash attention, step by step, with a head's own numbers.
//!
//! Everything that is drawn is a function of what is attended ([`HeadData`]), how
//! ([`Options`]) and a step. [`Player`] holds the first two, [`Moment`] is one step
//! of it:
//!
//! - [`figures::stage`]: slow memory, chip and the matrix that never exists
//! - [`figures::timeline`], [`figures::ledger`], [`lines_of`]: steps by kind, traffic, pseudo-code
//! - [`SideBySide`]: two algorithms on one clock
//! - [`row_arithmetic()`]: what happens to one row, with its numbers
//! - [`Check`]: the result against softmax in 64 bits
//! - [`device`], [`figures::growth`]: our kernel on the visitor's GPU against both, and how time,
//!   memory and error grow
//! - [`tables`]: the same as numbers in full
//! - [`method()`], [`command_line`], [`numbers()`]: how it is computed, and the numbers as files
//! - [`figure()`], [`TypedStep`]: figures as values, of the room and of numbers from files
//!
//! [`reduce_flash`](crate::reduce_flash) is the room's own reducer: the page's first module does not
//! need it.

mod action;
pub(crate) mod ask;
pub mod catalogue;
pub(crate) mod clock;
mod command;
mod data;
pub mod device;
pub mod device_ask;
pub(crate) mod embed;
pub mod figures;
mod file;
pub(crate) mod head_of;
mod lesson;
pub(crate) mod link;
mod numbers;
mod options;
mod player;
mod recorded;
mod reduce;
mod room_player;
mod room_state;
pub(crate) mod sentence;
pub(crate) mod state;
pub mod tables;
mod typed_rows;
mod typed_step;
mod walk;
pub mod words;

pub use action::FlashAction;
pub use catalogue::method;
pub use clock::Clock;
pub use command::command_line;
pub use data::{DataError, HeadData, MOST_ROWS, MOST_WIDTH};
pub use figures::agreement::{Agreement, Gaps};
pub use figures::code::{CodeLine, lines_of};
pub use figures::compare::{AlgorithmProgress, SideBySide};
pub use figures::error::{Check, Checked};
pub use figures::row::{TileOfRow, row_after_each_tile, row_arithmetic, row_shown};
pub use file::{content, figure};
pub use headlight_flash::Algorithm;
pub use headlight_flash::{Array, EventKind};
pub use lesson::{Evidence, FlashTopic, lesson_idea};
pub use numbers::numbers;
pub use options::{BLOCKS, DataSource, MEMORIES, Options, SPEEDS, Tiles};
pub use player::{Moment, Player};
#[cfg(test)]
pub(crate) use recorded::RecordedHead;
pub(crate) use reduce::reduce;
pub use room_player::data_of;
pub use sentence::sentence;
pub use state::FlashRoom;
pub use tables::Shown;
pub use typed_rows::TypedError;
pub use typed_step::{TypedStep, TypedStepError};

#[cfg(test)]
mod first_view_tests;
#[cfg(test)]
mod large_tiles_tests;
#[cfg(test)]
mod lesson_tests;
#[cfg(test)]
mod sentence_tests;
#[cfg(test)]
mod stage_scale_tests;
#[cfg(test)]
mod test_drawing;
#[cfg(test)]
mod test_room;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod token_name_tests;
#[cfg(test)]
mod transport_tests;
