//! The activation functions of MLPs.

use burn::tensor::{Tensor, activation};
use headlight_kernels::gelu_tanh;

use crate::ActivationFunction;

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
