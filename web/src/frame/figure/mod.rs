//! What every figure of every room has: a menu, its numbers as a table, and how it is
//! computed.

mod behind;
mod more;
pub mod table;
mod value;

pub use behind::MethodAndTable;
pub use more::{Menu, More};
pub use value::picture_of;
