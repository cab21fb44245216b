//! The one place where this crate asks what it is compiled for.

/// True where a vector is four floats and there is no fused multiply-add, so that our own
/// programs for the CPU are faster than Burn's.
pub(crate) const HAS_NARROW_VECTORS: bool = cfg!(target_family = "wasm");
