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

use serde_json::{Value, json};

/// JSON has no infinities: they are words.
fn number(value: f64) -> Value {
    if value == f64::INFINITY {
        json!("inf")
    } else if value == f64::NEG_INFINITY {
        json!("-inf")
    } else {
        json!(value)
    }
}
