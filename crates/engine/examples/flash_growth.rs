//! Time, live bytes and error of our kernel and of standard attention as the sequence
//! grows, as a table in Markdown. What `cargo xtask bench` runs.
//!
//! `flash_growth [WIDTH [LONGEST]]`, by default 64 and 8192.
#![expect(clippy::print_stdout, reason = "the table is the result")]

use headlight_activations::{PathMeasure, StandardMeasure};
use headlight_engine::{AnswerError, FlashDevice, FlashError};
use headlight_model::Unhurried;

const SHORTEST: usize = 256;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let mut number = |usual: usize| words.next().map_or(Ok(usual), |word| word.parse());
    let (d, longest) = (number(64)?, number(8_192)?);
    match pollster::block_on(measure(d, longest)) {
        Err(AnswerError::Flash(FlashError::NoGpu { reason })) => println!("not run: {reason}"),
        other => other?,
    }
    Ok(())
}

async fn measure(d: usize, longest: usize) -> Result<(), AnswerError> {
    let device = FlashDevice::open().await?;
    println!("{}, width {d}, no mask\n", device.name());
    println!("| N | flash ms | extra bytes | error | standard ms | extra bytes | error |");
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    let (mut flash, mut standard) = (Vec::new(), Vec::new());
    let lengths = std::iter::successors(Some(SHORTEST), |n| Some(n * 2));
    for n in lengths.take_while(|&n| n <= longest) {
        let found = device.growth(n, d, &Unhurried).await?;
        flash.push((n, found.flash.extra_bytes));
        let plain = match found.standard {
            StandardMeasure::Measured(measure) => {
                standard.push((n, measure.extra_bytes));
                cells(&measure)
            }
            StandardMeasure::DoesNotFit {
                needed_bytes,
                limit_bytes,
            } => format!("does not fit | {needed_bytes} of {limit_bytes} | |"),
        };
        println!("| {n} | {} {plain}", cells(&found.flash));
    }
    println!(
        "\nextra memory grows as N^{:.3} with the kernel, as N^{:.3} without",
        exponent(&flash),
        exponent(&standard)
    );
    Ok(())
}

fn cells(measure: &PathMeasure) -> String {
    let PathMeasure {
        elapsed_ms,
        extra_bytes,
        max_abs_error,
    } = measure;
    format!("{elapsed_ms:.1} | {extra_bytes} | {max_abs_error:.1e} |")
}

/// The slope of a line through the logarithms, by least squares.
fn exponent(points: &[(usize, u64)]) -> f64 {
    let logs = |&(n, bytes): &(usize, u64)| ((n as f64).ln(), (bytes.max(1) as f64).ln());
    let points: Vec<(f64, f64)> = points.iter().map(logs).collect();
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let covariance: f64 = points
        .iter()
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    covariance
        / points
            .iter()
            .map(|(x, _)| (x - mean_x).powi(2))
            .sum::<f64>()
}
