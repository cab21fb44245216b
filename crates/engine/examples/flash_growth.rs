//! Time, live bytes and error of our kernel and of standard attention as the sequence
//! grows, as a table in Markdown. What `cargo xtask bench` runs.
//!
//! `flash_growth [WIDTH [LONGEST]]`, by default 64 and 8192.
#![expect(clippy::print_stdout, reason = "the table is the result")]

use headlight_activations::{PathMeasure, StandardMeasure};
use headlight_engine::{AnswerError, FlashDevice, FlashError};
use headlight_flash::exponent;
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
        flash.push((n as f64, found.flash.extra_bytes as f64));
        let plain = match found.standard {
            StandardMeasure::Measured(measure) => {
                standard.push((n as f64, measure.extra_bytes as f64));
                cells(&measure)
            }
            StandardMeasure::DoesNotFit {
                needed_bytes,
                limit_bytes,
            } => format!("does not fit | {needed_bytes} of {limit_bytes} | |"),
        };
        println!("| {n} | {} {plain}", cells(&found.flash));
    }
    if let (Some(flash), Some(standard)) = (exponent(&flash), exponent(&standard)) {
        println!(
            "\nextra memory grows as N^{flash:.3} with the kernel, as N^{standard:.3} without"
        );
    }
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
