//! The words of the Flash room. Those of a figure stand beside it and are handed on here.

pub mod controls;
pub mod device;
mod phrases;

pub use super::clock::clock_name;
pub use super::data::named_rows;
pub use super::figures::compare_words::{beside_label, progress};
pub use super::figures::ledger_words::{facts, too_large, verdict};
pub use super::figures::row::{row_heading, row_sums, sum_and_max};
pub use super::figures::timeline::timeline_window;
pub use super::options::tiles_given;
pub use super::player::row_label;
pub use super::room_player::intent;
pub use phrases::*;
