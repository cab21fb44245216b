//! Activation functions, four numbers at a time.

use wide::f32x4;

/// `x sigmoid(2 u)`, which is `0.5 x (1 + tanh(u))`, with
/// `u = sqrt(2 / pi) (x + 0.044715 x^3)`, for each number.
pub(super) fn gelu_tanh(values: &mut [f32]) {
    let (chunks, rest) = values.as_chunks_mut::<4>();
    for chunk in chunks {
        *chunk = of_four(f32x4::new(*chunk)).to_array();
    }
    let mut last = [0.0; 4];
    last[..rest.len()].copy_from_slice(rest);
    let last = of_four(f32x4::new(last)).to_array();
    rest.copy_from_slice(&last[..rest.len()]);
}

fn of_four(x: f32x4) -> f32x4 {
    /// `2 sqrt(2 / pi)`.
    const LINEAR: f32 = 1.595_769_2;
    const CUBIC: f32 = LINEAR * 0.044_715;
    // Beyond, e^-60 is lost against 1, or the result against any other number.
    let argument = (x * (x * x * CUBIC + LINEAR)).max(f32x4::splat(-60.0));
    x / (f32x4::ONE + (-argument).exp())
}
