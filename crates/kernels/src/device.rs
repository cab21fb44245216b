//! Between Burn's tensors and what a kernel is launched with.

use burn::backend::Cube;
use burn::tensor::{DType, Shape, Tensor};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;

/// Iterations of loops that one launch may make of a unit.
///
/// A software GPU stops all loops of a unit after 65,535 of them, without an error;
/// a browser kills a page whose launch takes seconds.
pub(crate) const MOST_ITERATIONS: usize = 60_000;

/// The tensor on the GPU, rows without gaps; `None` if it lies elsewhere or is not
/// of 32-bit floats.
pub(crate) fn on_gpu<const D: usize>(tensor: &Tensor<D>) -> Option<CubeTensor> {
    let tensor = tensor.clone().try_into_primitive::<Cube>().ok()?;
    (tensor.dtype == DType::F32).then(|| into_contiguous(tensor))
}

/// Memory beside `like`, not set to anything.
pub(crate) fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    empty_device_contiguous_dtype(
        like.client.clone(),
        like.device.clone(),
        shape.into(),
        DType::F32,
    )
}

/// Back to a tensor of Burn's.
pub(crate) fn tensor<const D: usize>(of: CubeTensor) -> Tensor<D> {
    Tensor::from_primitive::<Cube>(of)
}
