//! What every figure of every room has: a menu, its numbers as a table, and how it is
//! computed.

mod embed_code;
mod menu;
mod method_and_table;
mod opened_section;
pub mod table;
mod value;

pub use menu::{Menu, More};
pub use method_and_table::MethodAndTable;
pub use value::{figure_of, figure_view, operated_view, picture_view};
