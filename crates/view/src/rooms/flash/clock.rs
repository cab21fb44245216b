//! What two algorithms beside each other are locked to.

use headlight_flash::{Schedule, Totals};

/// What two algorithms are locked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Elements of 4 bytes that crossed between slow memory and the chip.
    #[default]
    Traffic,
    /// Floating-point operations of the matrix products: `4 d` per query and key of a
    /// tile that is visited.
    Work,
}

impl Clock {
    /// Both clocks, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Traffic, Self::Work];

    /// The word for it in links.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Work => "work",
        }
    }

    /// Reading of the clock after these steps: elements or operations. It never goes
    /// back.
    #[must_use]
    pub fn of(self, totals: &Totals) -> u64 {
        match self {
            Self::Traffic => totals.elements_moved(),
            Self::Work => totals.flops,
        }
    }

    /// The last step of a schedule after which this clock says at most `reading`, from 0
    /// to the number of its steps.
    ///
    /// Takes time logarithmic in the number of steps.
    #[must_use]
    pub fn step_at(self, schedule: &Schedule, reading: u64) -> u64 {
        // After `yes` steps it is not beyond, after `no` it is or there are no such.
        let (mut yes, mut no) = (0, schedule.n_events() + 1);
        while no - yes > 1 {
            let middle = yes + (no - yes) / 2;
            if self.of(&schedule.totals_after(middle)) <= reading {
                yes = middle;
            } else {
                no = middle;
            }
        }
        yes
    }
}

/// What two algorithms are locked to, as a choice.
#[must_use]
pub const fn clock_name(clock: Clock) -> &'static str {
    match clock {
        Clock::Traffic => "traffic (elements moved)",
        Clock::Work => "work (operations)",
    }
}
