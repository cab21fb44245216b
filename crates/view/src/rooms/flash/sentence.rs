//! One sentence that says what the step does, with this data's numbers.

use super::words::{capitalised, shown};
use std::ops::Range;

use headlight_flash::{Algorithm, Array, EventKind};

use super::figures::row::row_max_before;
use super::player::{Moment, Player};
use super::words::{self, counted_of, named_rows};
use headlight_figure::Span;

/// What the step does.
#[must_use]
pub fn sentence(player: &Player, moment: &Moment) -> Vec<Span> {
    let Some(event) = moment.event else {
        return vec![Span::plain(words::NOTHING_DONE)];
    };
    let schedule = player.schedule();
    let is_standard = schedule.tiling().is_none();
    let queries = event.i.map(|i| schedule.queries(i));
    let keys = event.j.map(|j| schedule.keys(j));
    let noun = if is_standard { "query" } else { "query row" };
    let data = player.data();
    let who = queries.as_ref().map_or_else(
        || "all queries".to_owned(),
        |queries| named_rows(data, noun, queries),
    );
    let with = keys.as_ref().map_or_else(
        || "all keys".to_owned(),
        |keys| named_rows(data, "key", keys),
    );
    let capital = capitalised(&who);
    let chip = &moment.chip;
    match event.kind {
        EventKind::Load | EventKind::Store => moved(player, moment, &who, &with),
        EventKind::Scores => vec![
            Span::plain(format!("{capital} {} {with}: ", meet(queries.as_ref()))),
            Span::strong(counted_of(chip.s.values.len(), "score")),
            Span::plain(", each the product of a query and a key, divided by √d."),
        ],
        EventKind::Mask => masked(moment),
        EventKind::RowMax => row_max(player, moment),
        EventKind::Rescale => {
            let who = format!("{capital} {}", meet(queries.as_ref()));
            rescale(player, moment, &who, &with)
        }
        EventKind::Exp if schedule.method().is_lazy => lazy_weights(moment),
        EventKind::Exp => weights(player),
        EventKind::RowSum => row_sum(player, moment),
        EventKind::Pv if is_standard => vec![
            Span::plain(format!("{capital}: the weights mix the values into ")),
            Span::strong("the output"),
            Span::plain("."),
        ],
        EventKind::Pv => vec![
            Span::plain(format!("The weights mix the values of {with} ")),
            Span::strong("into the output so far"),
            Span::plain(". After this the tile of weights is forgotten."),
        ],
        EventKind::Normalise if is_standard => vec![
            Span::plain("The weights are divided by their sum: "),
            Span::strong("now they are attention"),
            Span::plain(" as the textbook prints it."),
        ],
        EventKind::Normalise if greatest(&chip.l) == 0.0 => vec![
            Span::plain(format!("{capital} may see no key that was met: ")),
            Span::strong("nothing is divided"),
            Span::plain("."),
        ],
        EventKind::Normalise => {
            let range = (least(&chip.l), greatest(&chip.l));
            vec![
                Span::plain("The output is divided by the sum of the weights, "),
                Span::strong(between(range)),
                Span::plain(match (event.split, event.j) {
                    (Some(_), _) => {
                        ": it is attention over the keys of this part that these rows may see."
                    }
                    (None, None) => ": it is attention over every key these rows may see.",
                    (None, Some(_)) => ": it is attention over the keys met so far.",
                }),
            ]
        }
        EventKind::Skip => vec![
            Span::plain(format!("{capital} and {with}: ")),
            Span::strong("skipped"),
            Span::plain(words::skipped(schedule.method().algorithm)),
            Span::plain(still_there(player, moment)),
        ],
        EventKind::Merge => vec![
            Span::plain(format!("{capital}: the splits’ outputs are added, ")),
            Span::strong("each by its share of the sum"),
            Span::plain(", which their log-sum-exp tells."),
        ],
    }
}

/// What a skipped tile leaves on the chip: the keys of the tile that was met before.
fn still_there(player: &Player, moment: &Moment) -> String {
    let is_fa2 = player.schedule().method().algorithm == Algorithm::Fa2;
    if !is_fa2 || moment.chip.k.is_empty() {
        return String::new();
    }
    let are = if moment.keys.len() == 1 { "is" } else { "are" };
    let keys = capitalised(&named_rows(player.data(), "key", &moment.keys));
    format!(" {keys} {are} still on the chip.")
}

/// What the mask hides. It hides nothing of standard attention's last query.
fn masked(moment: &Moment) -> Vec<Span> {
    let scores = &moment.chip.s.values;
    let hidden = scores.iter().filter(|score| score.is_infinite()).count();
    let n = scores.len();
    let (count, rest) = match hidden {
        0 => ("none".to_owned(), "hidden: no key comes after the query."),
        1 => (
            format!("1 of {n}"),
            "hidden: its key comes after the query.",
        ),
        _ => (
            format!("{hidden} of {n}"),
            "hidden: their keys come after the query.",
        ),
    };
    let are = if hidden < 2 { "is" } else { "are" };
    vec![
        Span::plain("Of these scores "),
        Span::strong(count),
        Span::plain(format!(" {are} {rest}")),
    ]
}

/// Weights, against the maximum that the algorithm has by then.
fn weights(player: &Player) -> Vec<Span> {
    let maximum = match player.schedule().method().algorithm {
        Algorithm::Standard => "its row’s maximum",
        Algorithm::Fa1 => "its row’s maximum in this tile",
        Algorithm::Fa2 => "its row’s maximum so far",
    };
    vec![
        Span::plain(format!(
            "Weights: exp of what each score is below {maximum}, so "
        )),
        Span::strong("the largest possible is 1"),
        Span::plain(". They are not divided by anything yet."),
    ]
}

/// What the weights are summed for: only FA2 keeps one sum until the keys are all met.
fn row_sum(player: &Player, moment: &Moment) -> Vec<Span> {
    let rows = possessive(moment.chip.p.n_rows());
    let is_split = moment.event.is_some_and(|event| event.split.is_some());
    let [summed, what, rest] = match player.schedule().method().algorithm {
        Algorithm::Standard => ["are summed", "what they will be divided by", ""],
        Algorithm::Fa1 => [
            "are summed",
            "the sum of this tile alone",
            ". The next step adds it to the row’s sum of the tiles before.",
        ],
        Algorithm::Fa2 if is_split => [
            "are added to its sum",
            "what this part’s output will be divided by",
            ", once the keys of this part have been met.",
        ],
        Algorithm::Fa2 => [
            "are added to its sum",
            "what the output will be divided by",
            ", once all keys have been met.",
        ],
    };
    vec![
        Span::plain(format!("{rows} weights {summed}: ")),
        Span::strong(what),
        Span::plain(if rest.is_empty() { "." } else { rest }),
    ]
}

/// `Each row’s`, `The row’s` where there is one.
const fn possessive(n_rows: usize) -> &'static str {
    match n_rows {
        1 => "The row’s",
        _ => "Each row’s",
    }
}

fn moved(player: &Player, moment: &Moment, who: &str, with: &str) -> Vec<Span> {
    let Some(event) = moment.event else {
        return Vec::new();
    };
    let moves: Vec<headlight_flash::Move> = event.moves().collect();
    let n: u64 = moves.iter().map(|moved| moved.elements).sum();
    let letters: Vec<&str> = moves.iter().map(|moved| moved.array.letter()).collect();
    let letters = letters.join(", ");
    let of = match (event.i, event.j) {
        (Some(_), Some(_)) if moves.iter().any(|moved| moved.array.letter() == "K") => with,
        (None, Some(_)) => with,
        (None, None) => "the whole sequence",
        _ => who,
    };
    let way = match event.kind {
        EventKind::Store => "go to slow memory",
        _ => "come from slow memory",
    };
    let output_of = event.i.filter(|_| {
        event.kind == EventKind::Store && moves.iter().any(|moved| moved.array == Array::O)
    });
    let what = match output_of {
        None => "",
        Some(i) if moment.step == player.schedule().written_after(i) => ": they are the result",
        Some(_) => ": attention over the keys so far. They come back for the next tile of keys",
    };
    vec![
        Span::plain(format!("{letters} of {of}: ")),
        Span::strong(format!("{} numbers", words::thousands(n))),
        Span::plain(format!(" {way}{what}.")),
    ]
}

fn row_max(player: &Player, moment: &Moment) -> Vec<Span> {
    let chip = &moment.chip;
    let new = if chip.tile_m.is_empty() {
        &chip.m
    } else {
        &chip.tile_m
    };
    let old = &moment.before.m;
    let is_first = old.is_empty() || old.iter().all(|m| m.is_infinite());
    if is_first || !chip.tile_m.is_empty() || player.schedule().tiling().is_none() {
        return largest_scores(player, new);
    }
    if player.schedule().method().is_lazy {
        let found = Found::new(moment, |row| old[row]);
        return vec![Span::strong(found.count()), Span::plain(found.kept())];
    }
    let n_risen = new.iter().zip(old).filter(|(new, old)| new > old).count();
    vec![
        Span::strong(count_of(n_risen, new.len())),
        Span::plain(if moment.event.is_some_and(|event| event.split.is_some()) {
            " found a larger score in this tile than in this part’s tiles before."
        } else {
            " found a larger score in this tile than in all tiles before."
        }),
    ]
}

/// The maxima, where there was none before or it is not looked at yet.
fn largest_scores(player: &Player, maxima: &[f32]) -> Vec<Span> {
    let rows = match maxima.len() {
        1 => "the row",
        _ => "each row",
    };
    let (of, rest) = match player.schedule().method().algorithm {
        Algorithm::Standard => (
            "",
            ". Subtracted before exp, it keeps every weight at most 1.",
        ),
        Algorithm::Fa1 => (
            " in this tile",
            ". Subtracted before exp, it keeps every weight of the tile at most 1; it meets \
             the row’s largest of all tiles after the sum.",
        ),
        Algorithm::Fa2 => (
            " in this tile",
            ". Subtracted before exp, it keeps every weight of the tile at most 1.",
        ),
    };
    vec![
        Span::plain(format!("The largest score of {rows}{of} is ")),
        Span::strong(between((least(maxima), greatest(maxima)))),
        Span::plain(rest),
    ]
}

fn rescale(player: &Player, moment: &Moment, who_meets: &str, with: &str) -> Vec<Span> {
    let alpha = &moment.chip.alpha;
    let is_first = alpha.iter().all(|&alpha| alpha == 0.0 || alpha == 1.0)
        && moment.before.l.iter().all(|&l| l == 0.0);
    if is_first {
        let is_split = moment.event.is_some_and(|event| event.split.is_some());
        let first = if is_split {
            "this part’s first"
        } else {
            "the first"
        };
        return vec![
            Span::plain(format!("{who_meets} {first} keys, {with}: ")),
            Span::strong("there is nothing to rescale yet"),
            Span::plain("."),
        ];
    }
    if player.schedule().method().is_lazy {
        let found = Found::new(moment, |row| row_max_before(moment, row));
        return vec![
            Span::plain(format!("{who_meets} {with}. ")),
            Span::strong(found.count()),
            Span::plain(found.rescaled()),
        ];
    }
    let n_rescaled = alpha.iter().filter(|&&alpha| alpha != 1.0).count();
    let mut said = vec![
        Span::plain(format!("{who_meets} {with}. ")),
        Span::strong(count_of(n_rescaled, alpha.len())),
        Span::plain(match n_rescaled {
            0 => " found a larger score, so what they had summed stays as it is.",
            1 => " found a larger score; what it had summed is rescaled by α.",
            _ => " found a larger score; what they had summed is rescaled by α.",
        }),
    ];
    if player.schedule().method().algorithm == Algorithm::Fa1 {
        said.push(Span::plain(words::FA1_SUMS));
    }
    said
}

/// Weights where the maximum is kept until it rises a lot.
fn lazy_weights(moment: &Moment) -> Vec<Span> {
    let largest = greatest(&moment.chip.p.values);
    vec![
        Span::plain("Weights: exp of what each score is off the maximum that its row keeps. "),
        Span::strong(format!("The largest here is {}", shown(largest))),
        Span::plain(
            "; with an old maximum kept it may be up to 2⁸ = 256. They are not divided by \
             anything yet.",
        ),
    ]
}

/// Number of rows of a tile that found a score above the maximum they had, where only a
/// rise beyond a bound changes it.
struct Found {
    n_rows: usize,
    n_larger: usize,
    n_rescaled: usize,
}

impl Found {
    /// `old` is a row's maximum before the tile.
    fn new(moment: &Moment, old: impl Fn(usize) -> f32) -> Self {
        let chip = &moment.chip;
        let larger = |(row, scores): &(usize, &[f32])| greatest(scores) > old(*row);
        let raised = |(row, m): &(usize, &f32)| **m > old(*row);
        Self {
            n_rows: chip.m.len(),
            n_larger: chip.s.rows().enumerate().filter(larger).count(),
            n_rescaled: chip.m.iter().enumerate().filter(raised).count(),
        }
    }

    fn count(&self) -> String {
        count_of(self.n_larger, self.n_rows)
    }

    /// Number of rows that went beyond the bound, with the bound in the scores' units.
    fn beyond(&self) -> String {
        let of_them = match (self.n_rescaled, self.n_larger) {
            (0, 1) => "but not".to_owned(),
            (0, _) => "none".to_owned(),
            (1, 1) => return format!(", by more than {}", words::LAZY_BOUND),
            (2, 2) => "both".to_owned(),
            (n, larger) if n == larger => "all".to_owned(),
            (n, _) => small(n),
        };
        format!(", {of_them} by more than {}", words::LAZY_BOUND)
    }

    /// What becomes of the maxima.
    fn kept(&self) -> String {
        let found = " found a larger score in this tile than the maximum that is kept";
        match (self.n_larger, self.n_rescaled) {
            (0, _) => format!("{found}."),
            (_, 0) => format!("{found}{}, so it stays.", self.beyond()),
            (n, rescaled) if n == rescaled => format!("{found}{}: it rises.", self.beyond()),
            _ => format!("{found}{}: only there it rises.", self.beyond()),
        }
    }

    /// What becomes of the sums.
    fn rescaled(&self) -> String {
        let found = " found a larger score";
        match (self.n_larger, self.n_rescaled) {
            (0, _) => format!("{found}, so what they had summed stays as it is."),
            (_, 0) => format!("{found}{}, so nothing is rescaled.", self.beyond()),
            (_, 1) => format!(
                "{found}{}: what that row had summed is rescaled by α.",
                self.beyond()
            ),
            _ => format!(
                "{found}{}: what those rows had summed is rescaled by α.",
                self.beyond()
            ),
        }
    }
}

/// One row meets, several meet.
fn meet(queries: Option<&Range<usize>>) -> &'static str {
    if queries.is_some_and(|queries| queries.len() == 1) {
        "meets"
    } else {
        "meet"
    }
}

/// `Three rows of four`, `No row of four`.
fn count_of(n: usize, of: usize) -> String {
    match n {
        0 => format!("No row of {}", small(of)),
        n if n == of && of == 1 => "The row".to_owned(),
        2 if of == 2 => "Both rows".to_owned(),
        n if n == of => format!("All {} rows", small(of)),
        1 => format!("One row of {}", small(of)),
        n => format!("{} rows of {}", capitalised(&small(n)), small(of)),
    }
}

fn small(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS
        .get(n)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

fn least(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::INFINITY, f32::min)
}

fn greatest(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// `0.31 to 2.45`, or one number where there is one.
fn between((least, greatest): (f32, f32)) -> String {
    let [low, high] = [least, greatest].map(shown);
    if low == high {
        low
    } else {
        format!("{low} to {high}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::flash::words::shown_short;

    #[test]
    fn what_is_below_a_hundredth_keeps_its_digits() {
        let cases = [
            (0.0, "0", "0"),
            (-0.0, "0", "0"),
            (1.0, "1.00", "1.00"),
            (0.012_6, "0.01", "0.01"),
            (0.009_96, "0.01", "0.01"),
            (0.009_6, "0.0096", "0.01"),
            (0.009_4, "0.0094", "9e−3"),
            (0.006_3, "0.0063", "6e−3"),
            (0.005_1, "0.0051", "5e−3"),
            (-0.005, "−0.0050", "−5e−3"),
            (0.003_14, "0.0031", "3e−3"),
            (-0.003_14, "−0.0031", "−3e−3"),
            (0.000_999_9, "0.0010", "1e−3"),
            (0.000_114_3, "1.1e−4", "1e−4"),
            (1e-40, "1.0e−40", "1e−40"),
            (-123.4, "−123", "−123"),
            (3.2e7, "3.2e7", "3.2e7"),
            (f32::NEG_INFINITY, "−∞", "−∞"),
        ];
        for (value, long, short) in cases {
            assert_eq!(shown(value), long);
            assert_eq!(shown_short(value), short);
        }
    }
}
