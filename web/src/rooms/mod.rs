//! The rooms of the page. None names another.

pub mod attention;
pub mod flash;
