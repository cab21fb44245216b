//! GELU in its tanh form.

use burn::tensor::{Tensor, activation};

use crate::host;
use crate::platform::HAS_NARROW_VECTORS;

/// Below this, a sigmoid times any activation is lost in rounding. Its
/// exponential would soon be infinite, which shader languages do not promise to
/// have, so it is never asked.
const SIGMOID_IS_ZERO: f64 = -60.0;

/// `x sigmoid(2 u)`, which is `0.5 x (1 + tanh(u))`, with
/// `u = sqrt(2 / pi) (x + 0.044715 x^3)`, for each number.
///
/// Written with a sigmoid because its one exponential takes a third of the
/// time of `tanh`, which some GPU drivers moreover compute in a way that
/// answers NaN for large arguments. The cube is written out because `powf(3)`
/// of a negative number is NaN on a GPU.
#[must_use]
pub fn gelu_tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if HAS_NARROW_VECTORS && let Some(y) = host::gelu_tanh(&x) {
        return y;
    }
    let sqrt_2_over_pi = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;
    let per_x = x.clone() * x.clone() * (2.0 * sqrt_2_over_pi * 0.044_715) + 2.0 * sqrt_2_over_pi;
    let argument = (x.clone() * per_x).clamp_min(SIGMOID_IS_ZERO);
    x * activation::sigmoid(argument)
}
