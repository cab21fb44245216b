//! The activation functions of MLPs.

use burn::tensor::{Tensor, activation};

use crate::ActivationFunction;

/// Below this, a sigmoid times any activation is lost in rounding. Its
/// exponential would soon be infinite, which shader languages do not promise to
/// have, so it is never asked.
const SIGMOID_IS_ZERO: f64 = -60.0;

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

/// `x sigmoid(2 u)`, which is `0.5 x (1 + tanh(u))`, with
/// `u = sqrt(2 / pi) (x + 0.044715 x^3)`.
///
/// Written with a sigmoid because its one exponential takes a third of the
/// time of `tanh`, which some GPU drivers moreover compute in a way that
/// answers NaN for large arguments. The cube is written out because `powf(3)`
/// of a negative number is NaN on a GPU.
fn gelu_tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let sqrt_2_over_pi = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;
    let per_x = x.clone() * x.clone() * (2.0 * sqrt_2_over_pi * 0.044_715) + 2.0 * sqrt_2_over_pi;
    let argument = (x.clone() * per_x).clamp_min(SIGMOID_IS_ZERO);
    x * activation::sigmoid(argument)
}
