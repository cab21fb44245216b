//! Why tiles? The steps of the room's lesson, as data.
//!
//! A step puts a scene on the stage (options, numbers, a step of the algorithm), tells
//! one idea and asks one question, whose answer is read off the figure with its numbers.

use headlight_flash::{Algorithm, EventKind, Tiling};

use super::figures::ledger::ledger;
use super::figures::ledger_words::more_or_less;
use super::figures::row::{row_after_each_tile, row_shown};
use super::options::DataSource;
use super::options::{Options, Tiles};
use super::player::moved_by;
use super::player::{Moment, Player};
use super::state::FlashRoom;
use super::words::{capitalised, counted_of, shown};
use super::words::{named_rows, row_label, thousands};

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashTopic {
    /// Standard attention writes the whole matrix.
    Matrix,
    /// A softmax can be had piece by piece.
    Online,
    /// A larger score corrects what was summed.
    Rescale,
    /// FA1: keys outside.
    KeysOutside,
    /// FA2: queries outside.
    QueriesOutside,
    /// Tiles of the future are skipped.
    Future,
    /// What larger tiles save.
    Ledger,
    /// Where flash attention moves more.
    Loses,
}

/// Where the answer to a step's question is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// On the chip, where something is lit.
    Chip,
    /// In the matrix beside it.
    Matrix,
    /// In the ledger.
    Ledger,
}

/// What a step puts on the stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    pub(crate) options: Options,
    pub(crate) source: DataSource,
    pub(crate) at: At,
}

/// Which of the algorithm's steps a scene shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum At {
    /// The first of this kind at or after this share of all, or else from the start.
    First(EventKind, f64),
    /// First of this kind, from this share of the steps on, in a tile of keys that is not the
    /// first that the rows meet.
    FirstOfLaterTile(EventKind, f64),
    /// The rescale that changes the most rows of a tile.
    LargestRescale,
}

/// What a scene has in place of a head's numbers where these do not show it.
const STAND_IN: DataSource = DataSource::Random {
    n: 16,
    d: 8,
    seed: 1,
};

impl FlashTopic {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Matrix,
        Self::Online,
        Self::Rescale,
        Self::KeysOutside,
        Self::QueriesOutside,
        Self::Future,
        Self::Ledger,
        Self::Loses,
    ];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Matrix => "The matrix that is too large",
            Self::Online => "A sum, piece by piece",
            Self::Rescale => "A larger score arrives",
            Self::KeysOutside => "Keys outside",
            Self::QueriesOutside => "Queries outside",
            Self::Future => "The future is skipped",
            Self::Ledger => "What larger tiles save",
            Self::Loses => "When flash loses",
        }
    }

    /// Its idea.
    #[must_use]
    pub const fn idea(self) -> &'static str {
        match self {
            Self::Matrix => {
                "Every query meets every key, which makes a matrix of scores. The textbook \
                 writes it to slow memory, reads it back, writes the weights, and reads \
                 those again: the arithmetic waits for the memory. So few tokens are for \
                 looking at; what tiles save is counted in step 7."
            }
            Self::Online => {
                "A softmax needs a row’s largest score and the sum of its weights. Both can \
                 be had piece by piece: keep the largest so far, m, and the sum so far, l. \
                 Here one query meets four keys at a time."
            }
            Self::Rescale => {
                "A larger score has arrived, so what was summed before was measured against \
                 the wrong maximum. Multiplying it by α = exp(old m − new m) corrects it, \
                 sum and output alike."
            }
            Self::KeysOutside => {
                "The first flash attention, FA1, loads a tile of keys once and lets all queries \
                 pass by. Each output is taken up, corrected, divided and put back at every \
                 tile of keys."
            }
            Self::QueriesOutside => {
                "The second, FA2, turns the loops around: a tile of queries stays on the chip \
                 until it has met all its keys. Its output is divided once, at the end, \
                 and never has to come back."
            }
            Self::Future => {
                "A query may not look ahead, so tiles above the diagonal hold nothing but \
                 hidden scores. They are not loaded at all; only tiles on the diagonal \
                 need the mask."
            }
            Self::Ledger => {
                "Here are 256 rows of width 16. With queries outside, keys and values \
                 are loaded anew for each tile of queries, so what is moved depends on how \
                 many queries fit on the chip."
            }
            Self::Loses => {
                "Flash attention is not always less. Its traffic grows with the square of \
                 the width and falls as the chip grows. These rows are 128 wide, so few of \
                 them fit on a chip of 16 KiB: here eight queries and four keys, and all \
                 keys and values are loaded again for every eight queries. Standard attention \
                 is counted as in the paper, on a chip that holds all keys at once: here these \
                 alone are 64 KiB."
            }
        }
    }

    /// Its question.
    #[must_use]
    pub const fn question(self) -> &'static str {
        match self {
            Self::Matrix => "How many of the numbers moved are the matrix?",
            Self::Online => "How much of this row’s sum was there before this tile of keys?",
            Self::Rescale => "Which rows need no correction here, and why?",
            Self::KeysOutside => {
                "How often is the output of these query rows written? Count the tiles of their row in the matrix that are visited."
            }
            Self::QueriesOutside => "How much less does that move than with keys outside?",
            Self::Future => "How many tiles are skipped, and how many are cut by the mask?",
            Self::Ledger => {
                "Choose 32 queries per tile instead of 16. What becomes of the numbers moved?"
            }
            Self::Loses => "Which of the three moves least here?",
        }
    }

    /// Where the answer is seen.
    #[must_use]
    pub const fn evidence(self) -> Evidence {
        match self {
            Self::Online | Self::Rescale | Self::KeysOutside => Evidence::Chip,
            Self::Matrix | Self::Future => Evidence::Matrix,
            Self::QueriesOutside | Self::Ledger | Self::Loses => Evidence::Ledger,
        }
    }

    /// The scene that the step puts on the stage.
    pub(crate) fn scene(self) -> Scene {
        let fa2 = Options::default();
        let with = |algorithm| Options { algorithm, ..fa2 };
        let of_head = |options, kind, share| Scene {
            options,
            source: DataSource::Head,
            at: At::First(kind, share),
        };
        let drawn = |options, n, d| Scene {
            options,
            source: DataSource::Random { n, d, seed: 1 },
            at: At::First(EventKind::Pv, 0.6),
        };
        match self {
            Self::Matrix => of_head(with(Algorithm::Standard), EventKind::Store, 0.2),
            Self::Online => {
                let tiles = Tiles::Blocks(1, 4);
                Scene {
                    options: Options { tiles, ..fa2 },
                    source: DataSource::Head,
                    at: At::FirstOfLaterTile(EventKind::RowSum, 0.9),
                }
            }
            Self::Rescale => Scene {
                options: fa2,
                source: DataSource::Head,
                at: At::LargestRescale,
            },
            Self::KeysOutside => of_head(with(Algorithm::Fa1), EventKind::Store, 0.4),
            Self::QueriesOutside => of_head(fa2, EventKind::Normalise, 0.4),
            Self::Future => of_head(fa2, EventKind::Skip, 0.0),
            Self::Ledger => {
                let tiles = Tiles::Blocks(16, 16);
                drawn(Options { tiles, ..fa2 }, 256, 16)
            }
            Self::Loses => {
                let tiles = Tiles::Blocks(8, 4);
                let options = Options {
                    tiles,
                    is_causal: false,
                    ..fa2
                };
                drawn(options, 128, 128)
            }
        }
    }

    /// The numbers that the scene has in place of a head's that do not show it, if any can
    /// fail to.
    pub(crate) fn stand_in(self) -> Option<DataSource> {
        self.why_stand_in().map(|_| STAND_IN)
    }

    /// Why the stage shows other numbers than the head's.
    const fn why_stand_in(self) -> Option<&'static str> {
        match self {
            Self::Online => Some(
                "No query of this prompt meets two tiles of keys, so random numbers are on the \
                 stage.",
            ),
            Self::Rescale => Some(
                "With this head’s numbers no row is rescaled, so random ones are on the stage.",
            ),
            Self::Future => Some(
                "This prompt is too short for a tile to be skipped, so random numbers are on \
                 the stage.",
            ),
            _ => None,
        }
    }

    /// The step of a player of the scene's options that the scene shows.
    pub(crate) fn step_of(self, player: &Player) -> Option<u64> {
        let (kind, share, is_later) = match self.scene().at {
            At::First(kind, share) => (kind, share, false),
            At::FirstOfLaterTile(kind, share) => (kind, share, true),
            At::LargestRescale => return player.largest_rescale(),
        };
        let schedule = player.schedule();
        let n = schedule.n_events();
        let from = (n as f64 * share) as u64;
        let is_it = |index: &u64| {
            schedule.event(*index).is_some_and(|event| {
                let is_kind = event.kind == kind && event.i.is_some();
                is_kind && (!is_later || event.j.is_some_and(|j| j > 0))
            })
        };
        let found = (from..n).chain(0..from).find(is_it);
        found.map(|index| index + 1)
    }

    /// True if a moment shows what the question is about.
    fn is_seen_in(self, moment: &Moment) -> bool {
        match self {
            Self::Online => moment.kind() == Some(EventKind::RowSum) && moment.passes.len() > 1,
            Self::Rescale => moment.is_rescale(),
            Self::KeysOutside => moment.event.is_some_and(|event| event.i.is_some()),
            _ => true,
        }
    }

    /// The answer, with the numbers on the stage: in the scene's own steps, whatever was
    /// chosen since, and at the scene's own step where the one that is shown says nothing
    /// about the question.
    #[must_use]
    pub fn answer(self, player: &Player, moment: &Moment) -> String {
        let options = self.scene().options;
        if *player.options() == options && self.is_seen_in(moment) {
            return self.answer_at(player, moment);
        }
        let own = match player.with_options(options) {
            Ok(own) => own,
            Err(why) => return why,
        };
        let step = self.step_of(&own);
        let is_about_step = matches!(self, Self::Online | Self::Rescale | Self::KeysOutside);
        match step.and_then(|step| own.moment(step).ok()) {
            Some(moment) if is_about_step => {
                let answer = self.answer_at(&own, &moment);
                format!("At step {} of this scene: {answer}", thousands(moment.step))
            }
            None if is_about_step => "These numbers do not show it: no row is rescaled, or none \
                 meets a second tile of keys."
                .to_owned(),
            _ => self.answer_at(&own, moment),
        }
    }

    /// The answer in the scene's own steps, at one that is about the question.
    fn answer_at(self, player: &Player, moment: &Moment) -> String {
        let schedule = player.schedule();
        let problem = *schedule.problem();
        match self {
            Self::Matrix => {
                let (all, matrix) = (
                    schedule.totals().elements_moved(),
                    4 * problem.n_q * problem.n_k,
                );
                format!(
                    "{} of {}: four times {} × {}. The rest is q, k, v and the output.",
                    thousands(matrix as u64),
                    thousands(all),
                    problem.n_q,
                    problem.n_k
                )
            }
            Self::Online => online(player, moment),
            Self::Rescale => unchanged(player, moment),
            Self::KeysOutside => writes(player, moment),
            Self::QueriesOutside => {
                let here = schedule.totals().elements_moved();
                let other = moved_by(problem, Algorithm::Fa1, schedule.tiling()).unwrap_or(here);
                format!(
                    "{} numbers instead of {}: {}, with the same tiles and mask.",
                    thousands(here),
                    thousands(other),
                    more_or_less(here as f64 / other as f64)
                )
            }
            Self::Future => {
                let tiles = schedule.totals().tiles;
                format!(
                    "{} are skipped and {} cut; {} are met as a whole.",
                    tiles.skipped, tiles.partial, tiles.full
                )
            }
            Self::Ledger => {
                let tiles_of = |tiling: Tiling| problem.n_q.div_ceil(tiling.block_q());
                let doubled = schedule
                    .tiling()
                    .and_then(|own| Tiling::new(2 * own.block_q(), own.block_k()).ok());
                let here = schedule.totals().elements_moved();
                let other = moved_by(problem, Algorithm::Fa2, doubled).unwrap_or(here);
                format!(
                    "{} is moved, {} instead of {}: keys and values are loaded for {} of queries \
                     instead of {}, queries and outputs move as before.",
                    capitalised(&more_or_less(other as f64 / here as f64)),
                    thousands(other),
                    thousands(here),
                    counted_of(doubled.map_or(0, tiles_of), "tile"),
                    schedule.tiling().map_or(0, tiles_of)
                )
            }
            Self::Loses => {
                let rows = ledger(player, moment, None).rows;
                let shares = rows.iter().map(|row| {
                    format!(
                        "{} {}",
                        super::words::algorithm(row.algorithm),
                        thousands(row.moved)
                    )
                });
                let least = rows.iter().min_by_key(|row| row.moved);
                let least = least.map_or("", |row| super::words::algorithm(row.algorithm));
                format!("{least}: {}.", shares.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Number of times that the output of the tile of queries on the chip is written.
fn writes(player: &Player, moment: &Moment) -> String {
    let schedule = player.schedule();
    let Some(i) = moment.event.and_then(|event| event.i) else {
        return "Once for each tile of keys that the rows see, and once before, as 0.".to_owned();
    };
    let visits = (0..schedule.n_key_tiles()).filter_map(|j| schedule.visit(i, j));
    let ends: Vec<u64> = visits.map(|visit| visit.end).collect();
    let n_done = ends.iter().filter(|&&end| end <= moment.step).count();
    let (n, rows) = (
        ends.len(),
        named_rows(player.data(), "Query row", &schedule.queries(i)),
    );
    let each = match n {
        1 => "once, after the only tile of keys they see".to_owned(),
        n => format!("{n} times, once after each tile of keys they see"),
    };
    format!(
        "{rows}: {each}; {n_done} of {n} done so far. Before all of these it was written once, as 0."
    )
}

fn online(player: &Player, moment: &Moment) -> String {
    let Some(row) = row_shown(player, moment, None) else {
        return String::new();
    };
    let passes = row_after_each_tile(player, moment, row);
    let [.., before, now] = passes.as_slice() else {
        return String::new();
    };
    let alpha = now.alpha.unwrap_or(1.0);
    format!(
        "{} of {}: the sum was {} before, times α = {} for the new maximum.",
        shown(before.l * alpha),
        shown(now.l),
        shown(before.l),
        shown(alpha)
    )
}

fn unchanged(player: &Player, moment: &Moment) -> String {
    let Some(i) = moment.event.and_then(|event| event.i) else {
        return String::new();
    };
    let queries = player.schedule().queries(i);
    let alpha = moment.chip.alpha.iter();
    let same = queries.zip(alpha).filter(|(_, alpha)| **alpha >= 1.0);
    let names: Vec<String> = same.map(|(query, _)| row_label(player, query)).collect();
    match names.as_slice() {
        [] => "None: each row found a score above its maximum.".to_owned(),
        names => format!(
            "{}: their α is 1, because no score of this tile is above their maximum.",
            capitalised(&names.join(", "))
        ),
    }
}

/// The idea of the lesson's step that is open, and why its numbers are not the head's where
/// they are not.
#[must_use]
pub fn lesson_idea(room: &FlashRoom) -> String {
    let topic = FlashTopic::ALL[room.lesson.unwrap_or(0).min(FlashTopic::ALL.len() - 1)];
    let why = topic.why_stand_in().filter(|_| room.has_stand_in);
    let idea = topic.idea();
    why.map_or_else(|| idea.to_owned(), |why| format!("{idea} {why}"))
}
