//! The activation functions of MLPs.

use burn::tensor::{Tensor, activation};

use crate::ActivationFunction;

/// Beyond this, `tanh` is 1 to the last bit of an f32. Some GPU drivers compute
/// it through `exp` and answer NaN for large arguments, so it is never asked.
const TANH_IS_ONE: f64 = 15.0;

impl ActivationFunction {
    /// Applies the function to each number.
    #[must_use]
    pub fn apply<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Relu => activation::relu(x),
            Self::Silu => activation::silu(x),
            Self::Gelu => activation::gelu(x),
            Self::GeluTanh => gelu_tanh(x),
            Self::QuickGelu => x.clone() * activation::sigmoid(x * 1.702),
        }
    }
}

/// Written out because `powf(3)` of a negative number is NaN on a GPU.
fn gelu_tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let sqrt_2_over_pi = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;
    let cube = x.clone() * x.clone() * x.clone();
    let inner = (x.clone() + cube * 0.044_715) * sqrt_2_over_pi;
    let inner = inner.clamp(-TANH_IS_ONE, TANH_IS_ONE);
    x * (inner.tanh() + 1.0) * 0.5
}
