//! The figures of the Flash room: names, titles, and how each is computed.

use super::words;
use crate::frame::figure_words::MethodText;
use headlight_figure::FigureId;

/// A figure of the Flash room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlashFigure {
    /// Slow memory, chip and grid.
    Stage,
    /// The steps around this one.
    Timeline,
    /// What is moved.
    Ledger,
    /// The result against its definition.
    Error,
    /// One row of the tile on the chip.
    Row,
    /// Our kernel on the visitor's GPU.
    Device,
    /// Time, memory and error of longer sequences there.
    Growth,
}

impl FlashFigure {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Stage,
        Self::Timeline,
        Self::Ledger,
        Self::Error,
        Self::Row,
        Self::Device,
        Self::Growth,
    ];

    /// The figure of this name, if it is one of the room.
    #[must_use]
    pub fn of(id: FigureId) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|figure| figure.name() == id.name())
    }

    /// Its name in `data-figure` and `data-for`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stage => "flash.stage",
            Self::Timeline => "flash.timeline",
            Self::Ledger => "flash.ledger",
            Self::Error => "flash.error",
            Self::Row => "flash.row",
            Self::Device => "flash.device",
            Self::Growth => "flash.growth",
        }
    }
}

impl From<FlashFigure> for FigureId {
    fn from(figure: FlashFigure) -> Self {
        Self(figure.name())
    }
}

/// What this figure is called; `None` if it is no figure of the room.
#[must_use]
pub fn figure_title(figure: FigureId) -> Option<&'static str> {
    FlashFigure::of(figure).map(title)
}

/// What a figure of the Flash room is called.
#[must_use]
pub const fn title(figure: FlashFigure) -> &'static str {
    match figure {
        FlashFigure::Stage => words::STAGE,
        FlashFigure::Timeline => words::TIMELINE,
        FlashFigure::Ledger => words::LEDGER,
        FlashFigure::Error => words::ERROR_LABEL,
        FlashFigure::Row => words::ROW_STORY,
        FlashFigure::Device => words::device::HEADING,
        FlashFigure::Growth => words::device::GROWTH,
    }
}

const PAPERS: &str = "Dao et al. (2022), FlashAttention, arXiv:2205.14135, algorithm 0 (standard) \
    and algorithm 1 (FA1); Dao (2023), FlashAttention-2, arXiv:2307.08691, algorithm 1 (FA2).";

/// How this figure of the Flash room is computed.
#[must_use]
pub const fn method(figure: FlashFigure) -> MethodText {
    match figure {
        FlashFigure::Stage => MethodText {
            formula: "S = QKᵀ / √d;  m′ = max(m, max S);  α = exp(m − m′);  P = exp(S − m′);  \
                l′ = α l + Σ P;  O′ = α O + P V;  at the end O / l and L = m + ln l",
            meaning: "Tiles of queries meet tiles of keys one after the other. What was summed \
                before is multiplied with α whenever a larger score turns up, so every sum stays \
                relative to the largest score so far. That is FA2; FA1 divides by l at every \
                tile and writes O, l and m back each time, and standard attention writes S and P \
                to slow memory. Numbers are rounded to 32 bits after every operation.",
            unit: "Scores, m and L in nats (natural logarithm); weights relative to exp(m); Q, K, \
                V and O in units of the activations.",
            source: PAPERS,
            code: "crates/flash/src/machine.rs",
        },
        FlashFigure::Timeline => MethodText {
            formula: "for each query tile i: for each key tile j: load, scores, mask, maximum, \
                rescale, exp, sum, times V;  then normalise and write",
            meaning: "The steps in the order in which they are carried out. Which there are \
                depends on sizes, tiles and mask, never on the numbers. A key tile that the mask \
                hides from all queries of a tile is skipped.",
            unit: "Steps. Elements are numbers of 4 bytes; flops are the multiplications and \
                additions of the matrix products.",
            source: PAPERS,
            code: "crates/flash/src/schedule.rs",
        },
        FlashFigure::Ledger => MethodText {
            formula: "moved = Σ over steps of the numbers read from and written to slow memory;  \
                operations per byte = flops / (4 × moved)",
            meaning: "Every load and every write is counted. FA1 and FA2 keep nothing on the chip \
                but their tiles; standard attention is counted as in the paper, as if the chip \
                held all keys, then all values, so that they are loaded once. Chip memory is \
                what the tiles of FA1 and FA2 need at once. The other algorithms are counted with \
                the same mask, and FA1 and FA2 with the same tiles.",
            unit: "Elements of 4 bytes; flops of the matrix products; the share is of what \
                standard attention moves.",
            source: "Dao et al. (2022), arXiv:2205.14135, section 3.2 and theorem 2: standard \
                attention moves of the order of Nd + N² elements, FlashAttention of N²d²/M.",
            code: "crates/flash/src/totals.rs",
        },
        FlashFigure::Error => MethodText {
            formula: "max |O − softmax(QKᵀ / √d) V|, over all rows and columns",
            meaning: "All rows of the result are held against softmax by its definition, \
                computed in 64 bits from the same 32-bit queries, keys and values. What is left \
                is the rounding of 32-bit arithmetic.",
            unit: "Units of the values for O; nats (natural logarithm) for L.",
            source: "Vaswani et al. (2017), Attention is all you need, section 3.2.1, \
                arXiv:1706.03762, for the definition.",
            code: "crates/flash/src/dense.rs",
        },
        FlashFigure::Row => MethodText {
            formula: "m′ = max(m, max s);  α = exp(m − m′);  l′ = α l + Σ exp(s − m′)",
            meaning: "One row of the tile on the chip: its largest score and its sum after each \
                tile of keys, and the α that the sum before was multiplied with. The row is the \
                one that was clicked, else the one that is rescaled the most.",
            unit: "m in nats (natural logarithm); l relative to exp(m).",
            source: "Milakov and Gimelshein (2018), Online normalizer calculation for softmax, \
                arXiv:1805.02867, algorithm 3; Dao (2023), arXiv:2307.08691, algorithm 1.",
            code: "crates/view/src/rooms/flash/figures/row.rs",
        },
        FlashFigure::Device => MethodText {
            formula: "max |O − O of the trace|,  max |L − L of the trace|,  and both against \
                softmax(QKᵀ / √d) V in 64 bits;  32 bits allow 2.5e-6 × max(4, max |S|), for O \
                × max(1, max |V|)",
            meaning: "A kernel of ours computes FA2 on the GPU: a workgroup takes a block of \
                queries, each of its units one of them, and tiles of keys and values pass \
                through the memory that they share. All its numbers are read and compared.",
            unit: "Units of the values for O; nats (natural logarithm) for L. The time is the \
                median of up to five runs after one that warms up, from launch to the last \
                number read.",
            source: "Dao (2023), FlashAttention-2, arXiv:2307.08691, algorithm 1.",
            code: "crates/kernels/src/flash_kernel.rs",
        },
        FlashFigure::Growth => MethodText {
            formula: "bytes of live buffers at the most − bytes of q, k, v and O;  its exponent \
                is the slope of a line through the logarithms, by least squares",
            meaning: "Random queries, keys and values without a mask, twice as many each time: \
                once by our kernel, once with scores and weights written out. Where the scores \
                alone are more than the device lets a kernel see, standard attention does not \
                fit. A time is never given without the error of what was computed, and no \
                exponent is fitted to times: those of short sequences may be mostly launch.",
            unit: "Bytes as the device’s allocator counts them; milliseconds from launch to the \
                last number read; errors against softmax in 64 bits, over eight rows.",
            source: "Dao et al. (2022), arXiv:2205.14135, theorem 1: FlashAttention needs \
                memory of the order of N beside inputs and output.",
            code: "crates/engine/src/flash_device.rs",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_figure_says_how_it_is_computed_and_where() {
        for figure in FlashFigure::ALL {
            let found = method(figure);
            let title = crate::room::figure_title(figure.into());
            assert!(!title.is_empty() && !found.formula.is_empty(), "{figure:?}");
            for text in [found.meaning, found.unit, found.source] {
                assert!(text.ends_with('.'), "{figure:?}: {text}");
                assert!(!text.contains("  "), "{figure:?}: {text}");
            }
            assert!(
                Path::new("../..").join(found.code).is_file(),
                "{}",
                found.code
            );
        }
    }
}
