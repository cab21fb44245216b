//! The command that computes what the room plays.

use headlight_flash::Algorithm;

use super::options::{Options, Tiles};
use super::words;
use crate::frame::command_line::CommandLine;
use crate::rooms::flash::catalogue::FlashFigure;

/// The command that computes what the room plays, or measures the same.
///
/// It reads files, and the page has none: what they have to hold is said.
#[must_use]
pub fn command_line(options: &Options, figure: FlashFigure) -> CommandLine {
    if figure == FlashFigure::Growth {
        return CommandLine {
            line: "cargo xtask bench".to_owned(),
            note: Some(words::BENCH),
        };
    }
    let options = &match figure {
        // Whatever the room plays, the kernel is this.
        FlashFigure::Device => Options {
            algorithm: Algorithm::Fa2,
            is_reversed: false,
            is_lazy: false,
            n_splits: 1,
            ..*options
        },
        _ => *options,
    };
    let method = options.method();
    let is_standard = method.algorithm == Algorithm::Standard;
    let algorithm = method.algorithm.name();
    let mut line = format!("headlight flash --q q.npy --k k.npy --v v.npy --algorithm {algorithm}");
    match options.tiles {
        _ if is_standard => {}
        Tiles::Blocks(block_q, block_k) => {
            line.push_str(&format!(" --block-q {block_q} --block-k {block_k}"));
        }
        Tiles::OnChip(bytes) => line.push_str(&format!(" --sram-bytes {bytes}")),
    }
    for (is_on, option) in [
        (options.is_causal, " --causal"),
        (method.is_reversed, " --reverse-keys"),
        (method.is_lazy, " --lazy-rescale"),
    ] {
        if is_on {
            line.push_str(option);
        }
    }
    // Totals and error are printed; what happens at a step is in the trace.
    match figure {
        FlashFigure::Stage | FlashFigure::Timeline | FlashFigure::Row => {
            line.push_str(" --trace trace.json");
        }
        FlashFigure::Device => line.push_str(" --backend gpu"),
        FlashFigure::Ledger | FlashFigure::Error | FlashFigure::Growth => {}
    }
    line.push_str(" --json");
    let note = if method.n_splits > 1 {
        words::FILES_WITHOUT_SPLITS
    } else {
        words::FILES
    };
    CommandLine {
        line,
        note: Some(note),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The options of `headlight flash`, each with the number of words that follow it.
    const KNOWN: [(&str, usize); 12] = [
        ("--q", 1),
        ("--k", 1),
        ("--v", 1),
        ("--algorithm", 1),
        ("--block-q", 1),
        ("--block-k", 1),
        ("--sram-bytes", 1),
        ("--causal", 0),
        ("--reverse-keys", 0),
        ("--lazy-rescale", 0),
        ("--trace", 1),
        ("--backend", 1),
    ];

    #[test]
    fn the_command_has_only_options_that_apply() {
        for algorithm in Algorithm::ALL {
            for tiles in [Tiles::Blocks(4, 2), Tiles::OnChip(16_384)] {
                let options = Options {
                    algorithm,
                    is_causal: true,
                    is_reversed: true,
                    is_lazy: true,
                    n_splits: 2,
                    tiles,
                };
                for figure in FlashFigure::ALL {
                    let CommandLine { line, note } = command_line(&options, figure);
                    if figure == FlashFigure::Growth {
                        assert_eq!(line, "cargo xtask bench");
                        continue;
                    }
                    let rest = line.strip_prefix("headlight flash ").unwrap();
                    let rest = rest.strip_suffix(" --json").unwrap();
                    let mut words = rest.split(' ');
                    while let Some(word) = words.next() {
                        let known = KNOWN.iter().find(|(name, _)| *name == word);
                        for _ in 0..known.unwrap_or_else(|| panic!("{word} in {line}")).1 {
                            assert!(!words.next().unwrap().starts_with("--"), "{line}");
                        }
                    }
                    let is_kernel = figure == FlashFigure::Device;
                    let is_fa2 = algorithm == Algorithm::Fa2 && !is_kernel;
                    let is_standard = algorithm == Algorithm::Standard && !is_kernel;
                    assert_eq!(line.contains("--lazy-rescale"), is_fa2);
                    assert_eq!(line.contains("--reverse-keys"), !is_standard && !is_kernel);
                    assert_eq!(line.contains("--algorithm fa2 "), is_fa2 || is_kernel);
                    assert_eq!(line.contains("--backend gpu"), is_kernel);
                    let is_by_blocks = line.contains("--block-q 4 --block-k 2");
                    let is_by_memory = line.contains("--sram-bytes 16384");
                    assert_eq!(is_by_blocks || is_by_memory, !is_standard, "{line}");
                    let expected = if is_fa2 {
                        words::FILES_WITHOUT_SPLITS
                    } else {
                        words::FILES
                    };
                    assert_eq!(note, Some(expected));
                }
            }
        }
    }

    #[test]
    fn the_usual_room_has_this_command() {
        let CommandLine { line, .. } = command_line(&Options::default(), FlashFigure::Ledger);
        assert_eq!(
            line,
            "headlight flash --q q.npy --k k.npy --v v.npy --algorithm fa2 --block-q 8 \
             --block-k 4 --causal --json"
        );
    }
}
