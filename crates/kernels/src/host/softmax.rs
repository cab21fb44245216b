//! Sums of exponentials, four numbers at a time.

use wide::f32x4;

/// `log(sum of exp(x))` of finite numbers, at least one.
///
/// The largest is taken out first, so nothing overflows. Sums are f32 over runs of
/// numbers and f64 over the runs: a vocabulary is long, and rounding would add up.
pub(super) fn log_sum_exp(row: &[f32]) -> f32 {
    const RUN: usize = 256;
    let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let splat = f32x4::splat(max);
    let sum_of = |run: &[f32]| {
        let (chunks, rest) = run.as_chunks::<4>();
        let mut sums = f32x4::ZERO;
        for chunk in chunks {
            sums += (f32x4::new(*chunk) - splat).exp();
        }
        let mut last = [f32::NEG_INFINITY; 4];
        last[..rest.len()].copy_from_slice(rest);
        // Far below any number: its exponential is 0, of minus infinity it need not be.
        let last = (f32x4::new(last) - splat).max(f32x4::splat(-200.0)).exp();
        let rest: f32 = last.to_array()[..rest.len()].iter().sum();
        f64::from(sums.reduce_add() + rest)
    };
    let sum: f64 = row.chunks(RUN).map(sum_of).sum();
    max + sum.ln() as f32
}
