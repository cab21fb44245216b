//! What a number of steps moved and computed: the ledger.

use crate::event::{Array, Direction, Event, EventKind};

/// Bytes of an element: everything is computed in 32-bit floats.
pub const BYTES_PER_ELEMENT: u64 = 4;

/// Tiles by what the mask leaves of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TileCounts {
    /// Without a hidden pair.
    pub full: u64,
    /// Across the diagonal.
    pub partial: u64,
    /// Never visited.
    pub skipped: u64,
}

/// The sum of some steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    read: [u64; Array::ALL.len()],
    written: [u64; Array::ALL.len()],
    /// Floating-point operations of the matrix products, those of hidden pairs
    /// in visited tiles included: they are computed and thrown away.
    pub flops: u64,
    /// Exponentials, which are counted apart: another unit computes them.
    pub exps: u64,
    /// Tiles done.
    pub tiles: TileCounts,
    /// Steps done.
    pub n_events: u64,
}

impl Totals {
    /// Takes in one step.
    pub(crate) fn add(&mut self, event: &Event) {
        for moved in event.moves() {
            let of = match moved.direction {
                Direction::Read => &mut self.read,
                Direction::Written => &mut self.written,
            };
            of[moved.array as usize] += moved.elements;
        }
        self.flops += event.flops;
        self.exps += event.exps;
        self.n_events += 1;
        match event.kind {
            EventKind::Skip => self.tiles.skipped += 1,
            // A tile counts once its scores are there; a mask makes it partial.
            EventKind::Scores if event.j.is_some() => self.tiles.full += 1,
            EventKind::Mask if event.j.is_some() => {
                self.tiles.full -= 1;
                self.tiles.partial += 1;
            }
            _ => {}
        }
    }

    /// Takes in the same steps several times.
    pub(crate) fn add_times(&mut self, other: &Self, times: u64) {
        for (sum, more) in self.read.iter_mut().zip(other.read) {
            *sum += more * times;
        }
        for (sum, more) in self.written.iter_mut().zip(other.written) {
            *sum += more * times;
        }
        self.flops += other.flops * times;
        self.exps += other.exps * times;
        self.n_events += other.n_events * times;
        self.tiles.full += other.tiles.full * times;
        self.tiles.partial += other.tiles.partial * times;
        self.tiles.skipped += other.tiles.skipped * times;
    }

    /// Elements of one array that crossed one way.
    #[must_use]
    pub const fn elements_of(&self, array: Array, direction: Direction) -> u64 {
        match direction {
            Direction::Read => self.read[array as usize],
            Direction::Written => self.written[array as usize],
        }
    }

    /// Elements that came from slow memory.
    #[must_use]
    pub fn elements_read(&self) -> u64 {
        self.read.iter().sum()
    }

    /// Elements that went to slow memory.
    #[must_use]
    pub fn elements_written(&self) -> u64 {
        self.written.iter().sum()
    }

    /// Elements that crossed either way.
    #[must_use]
    pub fn elements_moved(&self) -> u64 {
        self.elements_read() + self.elements_written()
    }

    /// Floating-point operations per byte that crossed (arithmetic intensity),
    /// or `None` where nothing did.
    #[must_use]
    pub fn intensity(&self) -> Option<f64> {
        let bytes = self.elements_moved() * BYTES_PER_ELEMENT;
        (bytes > 0).then(|| self.flops as f64 / bytes as f64)
    }
}
