//! The Flash room: flash attention, step by step, with a head's own numbers.
//!
//! Everything that is drawn is a function of what is attended ([`HeadData`]), how
//! ([`Options`]) and a step. [`Player`] holds the first two, [`Moment`] is one step
//! of it:
//!
//! - [`stage`]: slow memory, chip and the matrix that never exists, as rectangles
//! - [`timeline`], [`ledger`], [`lines_of`]: steps by kind, traffic, pseudo-code
//! - [`Course`]: two algorithms on one clock
//! - [`spelled()`]: what happens to one row, with its numbers
//! - [`Check`]: the result against softmax in 64 bits
//! - [`device`], [`growth`]: our kernel on the visitor's GPU against both, and how time,
//!   memory and error grow
//! - [`tables`]: the same as numbers in full
//! - [`method()`], [`command_line`], [`numbers`]: how it is computed, and the numbers as files
//!
//! [`reduce`](fn@reduce) is the room's own reducer: the page's first module does not
//! need it.

mod agreement;
mod check;
mod code;
mod compare;
mod data;
pub mod device;
mod file;
pub mod growth;
pub mod ledger;
mod lesson;
mod link;
mod method;
mod options;
mod player;
mod recorded;
mod reduce;
mod room;
mod sentence;
mod spelled;
pub mod stage;
pub mod tables;
pub mod timeline;
pub mod words;

pub use agreement::{Agreement, Gaps};
pub use check::{Check, Checked};
pub use code::{CodeLine, lines_of};
pub use compare::{Clock, Course, Progress};
pub use data::{DataError, HeadData, MOST_ROWS, MOST_WIDTH};
pub use file::{command_line, numbers};
pub use headlight_flash::Algorithm;
pub use headlight_flash::{Array, EventKind};
pub use lesson::{Evidence, FlashTopic};
pub use method::method;
pub use options::{BLOCKS, MEMORIES, Options, SPEEDS, Tiles};
pub use player::{Moment, Player, data_of};
pub use reduce::reduce;
pub use room::{FlashAction, FlashRoom, Source};
pub(crate) use room::{HeadOf, name_rows};
pub use sentence::sentence;
pub use spelled::{Passed, passed, spelled, spelled_row};
pub use tables::Seen;

#[cfg(test)]
mod large_tiles_tests;
#[cfg(test)]
mod named_tests;
#[cfg(test)]
mod opening_tests;
#[cfg(test)]
mod said_tests;
#[cfg(test)]
mod scale_tests;
#[cfg(test)]
mod test_room;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transport_tests;
