//! Tests across crates; nothing is here.
