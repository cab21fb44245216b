//! The figures of the Flash room: geometry, sentence and rows of each.

pub mod agreement;
pub mod code;
pub mod compare;
pub mod compare_words;
pub mod error;
pub mod growth;
pub mod ledger;
pub mod ledger_drawing;
pub mod ledger_words;
pub mod row;
pub mod stage;
mod text_table;
pub mod timeline;
pub mod transport;
