//! One module per command.

pub(crate) mod attention;
pub(crate) mod attribute;
pub(crate) mod capture;
pub(crate) mod eval;
pub(crate) mod flash;
pub(crate) mod generate;
mod language;
pub(crate) mod lens;
pub(crate) mod run;
pub(crate) mod stories;
