//! The model against what `reference/` computed with Hugging Face's libraries.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture should stop there"
)]

mod fixtures;
mod on_host;
mod parity;
mod tokenizer;
