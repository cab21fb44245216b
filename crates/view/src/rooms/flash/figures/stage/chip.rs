//! The chip: the tiles that are there now, laid out as their product is read.
//!
//! Keys stand above the scores they make, queries to their left, values above the
//! output they go into. Between scores and output stand the numbers of each row.

use headlight_flash::{Algorithm, Array, Chip, EventKind, Matrix};

use super::names::{name_rows_and_keys, numbered};
use super::places::{
    BETWEEN_NUMBERS, NUMBER_HEIGHT, NUMBER_WIDTH, Places, columns_of, places, queries_on_chip,
    rows_in_tile,
};
use super::scene::{Colours, Heatmap, LabelKind, Paint, Rect, StageScene};
use crate::rooms::flash::player::{Moment, Player};
use crate::rooms::flash::words;
use crate::rooms::flash::words::shown_short;
use headlight_figure::number::fixed;
use headlight_figure::ramp;
use headlight_figure::{Anchor, NOTE, NUMBER};

fn column<'a>(chip: &'a Chip, name: &str) -> &'a [f32] {
    match name {
        "m" => &chip.m,
        "m̃" => &chip.tile_m,
        "α" => &chip.alpha,
        _ => &chip.l,
    }
}

/// Draws the chip; returns where each array is on it.
pub(crate) fn draw_chip(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    row: Option<usize>,
    at: Rect,
) -> Vec<(Array, Rect)> {
    scene.heading_at((at.x, at.y - 30.0), words::CHIP, words::CHIP_NOTE);
    memory_bar(scene, player, moment, at);
    scene.block(at, Paint::Chip);
    let places = places(player, at);
    matrices(scene, player, moment, &places);
    let numbered = numbered(player, moment, row, &places);
    name_rows_and_keys(scene, player, moment, &numbered, &places);
    scores(scene, player, moment, &places);
    columns(scene, player, moment, &numbered, &places);
    chosen_row(scene, player, moment, row, &places);
    beam(scene, player, moment, &places);
    let there = TileShare::of(player, moment);
    let [q, o, columns] = [places.q, places.o, places.columns].map(|at| there.rows_of(at));
    let (k, v) = (there.columns_of(places.k), there.values_of(places.v));
    let s = there.scores_of(places.s);
    vec![
        (Array::Q, q),
        (Array::K, k),
        (Array::V, v),
        (Array::O, o),
        (Array::Max, columns),
        (Array::Sum, columns),
        (Array::Lse, columns),
        (Array::Scores, s),
        (Array::Weights, s),
        (Array::SplitO, o),
        (Array::SplitLse, columns),
    ]
}

/// The bar of the memory in use, of all that the tiles ask for.
fn memory_bar(scene: &mut StageScene, player: &Player, moment: &Moment, at: Rect) {
    let used = moment.chip.n_elements() * headlight_flash::BYTES_PER_ELEMENT;
    let Some(tiling) = player.schedule().tiling() else {
        return;
    };
    let need = tiling.on_chip_elements(player.data().d()) * headlight_flash::BYTES_PER_ELEMENT;
    let limit = player.memory_chosen().unwrap_or(words::BROWSER_BYTES);
    let width = (at.width * 0.24).clamp(60.0, 150.0);
    let x = at.x + at.width - width;
    // Beside the heading, which is shorter than the note below it.
    let y = at.y - 38.0;
    let whole = need.max(limit) as f64;
    scene.block(Rect::new(x, y, width, 8.0), Paint::Memory);
    if used > 0 {
        let filled = width * used as f64 / whole;
        scene.block(Rect::new(x, y, filled, 8.0), Paint::Used);
    }
    if need > limit {
        let from = width * limit as f64 / whole;
        scene.block(Rect::new(x + from, y, width - from, 8.0), Paint::Over);
    }
    let text = words::chip_use(used, limit);
    scene.say((x - 8.0, y + 8.0), LabelKind::Small, Anchor::End, text);
}

fn matrices(scene: &mut StageScene, player: &Player, moment: &Moment, places: &Places) {
    let chip = &moment.chip;
    let [q, k, v] = player.data().largest;
    let schedule = player.schedule();
    let queries = moment
        .event
        .and_then(|event| event.i)
        .map(|i| schedule.queries(i));
    let of_queries = queries.map_or_else(String::new, |rows| {
        words::named_rows(player.data(), "row", &rows)
    });
    let of_keys = if moment.keys.len() == player.data().n_k() {
        "all keys".to_owned()
    } else {
        words::named_rows(player.data(), "key", &moment.keys)
    };
    let mut name = |array: Array, letter: &str, at: Rect, is_there: bool, of: &str| {
        if is_there {
            let base = (at.x, at.y - 8.0);
            scene.say(base, LabelKind::Letter(array), Anchor::Start, letter);
            let indent = 9.0 + 5.5 * (letter.chars().count() as f64 - 1.0);
            // Where there is no room the sentence above says it too.
            if at.width > indent + 6.0 + 6.2 * of.chars().count() as f64 {
                let beside = (at.x + indent + 4.0, base.1);
                scene.say(beside, LabelKind::Label, Anchor::Start, of);
            }
        }
    };
    name(Array::Q, "Q", places.q, !chip.q.is_empty(), &of_queries);
    name(Array::K, "Kᵀ", places.k, !chip.k.is_empty(), &of_keys);
    name(Array::V, "V", places.v, !chip.v.is_empty(), &of_keys);
    let o_is = match player.schedule().method().algorithm {
        Algorithm::Standard => "= P V",
        _ if !chip.split_o.is_empty() => "of all parts",
        _ if is_divided(player, moment) && chip.l.iter().any(|l| *l > 0.0) => "divided by l",
        _ => "so far",
    };
    name(Array::O, "O", places.o, !chip.o.is_empty(), o_is);
    let there = TileShare::of(player, moment);
    mosaic(
        scene,
        "Q",
        there.rows_of(places.q),
        &chip.q,
        Colours::Signed(q),
    );
    let keys = transposed(&chip.k);
    let keys_at = there.columns_of(places.k);
    mosaic(scene, "K", keys_at, &keys, Colours::Signed(k));
    let values_at = there.values_of(places.v);
    mosaic(scene, "V", values_at, &chip.v, Colours::Signed(v));
    // What is not divided yet is shown as it would be.
    mosaic(
        scene,
        "O",
        there.rows_of(places.o),
        &relative_output(player, moment),
        Colours::Signed(v),
    );
}

/// True where the output on the chip is an average of values already: standard attention
/// divides the weights, and FA1 the output of each tile before it writes it.
fn is_divided(player: &Player, moment: &Moment) -> bool {
    let kind = moment.kind();
    match player.schedule().method().algorithm {
        Algorithm::Standard => true,
        Algorithm::Fa1 => !matches!(kind, Some(EventKind::Rescale | EventKind::Pv)),
        Algorithm::Fa2 => matches!(
            kind,
            Some(EventKind::Normalise | EventKind::Store | EventKind::Merge)
        ),
    }
}

/// The output so far, divided by the sum of the weights so far: its colours are those
/// of an average of values at every step.
fn relative_output(player: &Player, moment: &Moment) -> Matrix {
    let chip = &moment.chip;
    let mut o = chip.o.clone();
    if is_divided(player, moment) || o.n_columns == 0 {
        return o;
    }
    for (row, &l) in o.values.chunks_exact_mut(o.n_columns).zip(&chip.l) {
        if l > 0.0 {
            for value in row {
                *value /= l;
            }
        }
    }
    o
}

fn transposed(matrix: &Matrix) -> Matrix {
    let (n_rows, n_columns) = (matrix.n_rows(), matrix.n_columns);
    let place = |at: usize| (at / n_rows.max(1), at % n_rows.max(1));
    let values = (0..matrix.values.len()).map(|at| {
        let (column, row) = place(at);
        matrix.values[row * n_columns + column]
    });
    Matrix {
        n_columns: n_rows,
        values: values.collect(),
    }
}

fn mosaic(scene: &mut StageScene, name: &'static str, at: Rect, matrix: &Matrix, colours: Colours) {
    if matrix.is_empty() {
        return;
    }
    scene.mosaics.push(Heatmap {
        at,
        name,
        n_rows: matrix.n_rows(),
        n_columns: matrix.n_columns,
        values: matrix.values.clone(),
        colours,
    });
}

/// Scores, or the weights they have become, with their numbers where there is room.
fn scores(scene: &mut StageScene, player: &Player, moment: &Moment, places: &Places) {
    let chip = &moment.chip;
    let has_weights = !chip.p.is_empty();
    let matrix = if has_weights { &chip.p } else { &chip.s };
    if matrix.is_empty() {
        return;
    }
    let at = TileShare::of(player, moment).scores_of(places.s);
    let base = (at.x, at.y - 8.0);
    let (letter, rest) = if has_weights {
        ("P", weights_are(player, moment))
    } else {
        ("S", "= Q Kᵀ / √d")
    };
    scene.say(base, LabelKind::Name, Anchor::Start, letter);
    let beside = (base.0 + 13.0, base.1);
    // Where there is no room before the columns the sentence above says it too.
    if beside.0 + NOTE.width(rest) <= places.columns.x {
        scene.say(beside, LabelKind::Label, Anchor::Start, rest);
    }
    let (n_rows, n_columns) = (matrix.n_rows(), matrix.n_columns);
    let (width, height) = (at.width / n_columns as f64, at.height / n_rows as f64);
    let has_numbers = width >= NUMBER_WIDTH && height >= NUMBER_HEIGHT;
    let n_shown = n_shown(player, moment, matrix);
    for (row, &n_shown) in n_shown.iter().enumerate() {
        if n_shown < n_columns {
            let x = at.x + n_shown as f64 * width;
            let y = at.y + row as f64 * height;
            let hatched = Rect::new(x, y, at.x + at.width - x, height);
            scene.block(hatched, Paint::Masked);
        }
    }
    if has_weights {
        let mut matrix = matrix.clone();
        if has_numbers {
            // No colour in the middle of the ramp: no number could be read there.
            for value in &mut matrix.values {
                *value = ramp::readable(f64::from(*value)) as f32;
            }
        }
        // No colour lies over the hatching: that nothing was looked at is not the same
        // as a weight of 0.
        for (row, &n_shown) in matrix.values.chunks_exact_mut(n_columns).zip(&n_shown) {
            row[n_shown..].fill(f32::NEG_INFINITY);
        }
        mosaic(scene, "P", at, &matrix, Colours::Weights);
    } else {
        let magnitudes = matrix.values.iter().filter(|value| value.is_finite());
        let largest = magnitudes.fold(1e-6_f32, |largest, value| largest.max(value.abs()));
        // Twice the largest: colours stay pale enough for numbers.
        let scale = if has_numbers { 2.0 * largest } else { largest };
        mosaic(scene, "S", at, matrix, Colours::Signed(scale));
    }
    if !has_numbers {
        return;
    }
    for (row, values) in matrix.rows().enumerate() {
        for (index, &value) in values.iter().enumerate() {
            let x = at.x + (index as f64 + 0.5) * width;
            let y = at.y + (row as f64 + 0.5) * height + 4.0;
            let is_on_dark = has_weights && value > 0.5;
            let kind = if is_on_dark {
                LabelKind::OnDark
            } else {
                LabelKind::Number
            };
            if let Some(number) = shown_within(value, width) {
                scene.say((x, y), kind, Anchor::Middle, number);
            }
        }
    }
}

/// What the weights on the chip are. FA1 measures them against the tile's own maximum;
/// standard attention divides them before it writes them.
fn weights_are(player: &Player, moment: &Moment) -> &'static str {
    let is_raw = matches!(moment.kind(), Some(EventKind::Exp | EventKind::RowSum));
    match player.schedule().method().algorithm {
        Algorithm::Standard if !is_raw => "= exp(S − m) / l",
        Algorithm::Fa1 => "= exp(S − m̃)",
        Algorithm::Standard | Algorithm::Fa2 => "= exp(S − m)",
    }
}

/// Number of keys of the tile that the mask leaves each row: the first ones. Scores that
/// it has not come to yet are all there.
fn n_shown(player: &Player, moment: &Moment, matrix: &Matrix) -> Vec<usize> {
    let schedule = player.schedule();
    let queries = queries_on_chip(player, moment);
    let is_masked = moment.kind() != Some(EventKind::Scores);
    let of_row = |query: usize| {
        let seen = schedule.problem().visible_keys(query);
        seen.saturating_sub(moment.keys.start).min(matrix.n_columns)
    };
    let of_row = |query| {
        if is_masked {
            of_row(query)
        } else {
            matrix.n_columns
        }
    };
    let n_shown = queries
        .map(of_row)
        .chain(std::iter::repeat(matrix.n_columns));
    n_shown.take(matrix.n_rows()).collect()
}

/// What of a full tile's rows and keys the tiles on the chip have: a ragged last tile is
/// as much smaller as it has fewer, so that a row is as high and a key as wide as ever.
struct TileShare {
    rows: f64,
    keys: f64,
}

impl TileShare {
    fn of(player: &Player, moment: &Moment) -> Self {
        let share = |n: usize, of_full: f64| match n {
            0 => 1.0,
            n => (n as f64 / of_full).min(1.0),
        };
        let n_keys = player.schedule().keys(0).len() as f64;
        Self {
            rows: share(queries_on_chip(player, moment).len(), rows_in_tile(player)),
            keys: share(moment.keys.len(), n_keys),
        }
    }

    /// Of a matrix whose rows are queries.
    const fn rows_of(&self, at: Rect) -> Rect {
        Rect::new(at.x, at.y, at.width, at.height * self.rows)
    }

    /// Of one whose columns are keys.
    const fn columns_of(&self, at: Rect) -> Rect {
        Rect::new(at.x, at.y, at.width * self.keys, at.height)
    }

    /// Of one whose rows are keys.
    const fn values_of(&self, at: Rect) -> Rect {
        Rect::new(at.x, at.y, at.width, at.height * self.keys)
    }

    /// Of scores and weights.
    const fn scores_of(&self, at: Rect) -> Rect {
        self.columns_of(self.rows_of(at))
    }
}

/// One number per row: maximum, factor, sum.
fn columns(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    numbered: &[usize],
    places: &Places,
) {
    let names = columns_of(player);
    let first = queries_on_chip(player, moment).start;
    let at = places.columns;
    let pitch = at.width / names.len() as f64;
    let row_height = at.height / rows_in_tile(player);
    let hot = match moment.kind() {
        Some(EventKind::RowMax) if names.len() == 4 => Some("m̃"),
        Some(EventKind::RowMax) => Some("m"),
        Some(EventKind::Rescale) => Some("α"),
        Some(EventKind::RowSum) => Some("l"),
        _ => None,
    };
    for (index, &name) in names.iter().enumerate() {
        let values = column(&moment.chip, name);
        if values.is_empty() {
            continue;
        }
        let x = at.x + index as f64 * pitch;
        let middle = x + pitch / 2.0;
        scene.say((middle, at.y - 8.0), LabelKind::Name, Anchor::Middle, name);
        let old = column(&moment.before, name);
        for (row, &value) in values.iter().enumerate() {
            let y = at.y + row as f64 * row_height;
            let has_changed = old
                .get(row)
                .is_none_or(|old| old.to_bits() != value.to_bits());
            let is_hot = hot == Some(name) && has_changed && (name != "α" || value != 1.0);
            if is_hot {
                let ground = Rect::new(x, y, pitch - 2.0, (row_height - 1.0).max(0.5));
                scene.block(ground, Paint::Hot);
            }
            if numbered.contains(&(first + row)) {
                let kind = if is_hot {
                    LabelKind::HotNumber
                } else {
                    LabelKind::Number
                };
                let base = (middle, y + row_height / 2.0 + 4.0);
                if let Some(number) = shown_within(value, pitch) {
                    scene.say(base, kind, Anchor::Middle, number);
                }
            }
        }
    }
    let is_there = !moment.chip.m.is_empty();
    if is_there && row_height < NUMBER_HEIGHT {
        let below = (at.x + at.width / 2.0, at.y + at.height + 12.0);
        scene.say(below, LabelKind::Small, Anchor::Middle, words::SOME_ROWS);
    }
}

/// A number in a cell or column that is so wide, with as many digits as have room there;
/// `None` if even one has not.
pub(crate) fn shown_within(value: f32, width: f64) -> Option<String> {
    let exact = f64::from(value);
    let magnitude = value.abs();
    let one_decimal = (0.095..99.95).contains(&magnitude);
    let no_decimal = (9.5..1e4).contains(&magnitude);
    let one_digit = magnitude.is_finite() && magnitude >= 1e4;
    let forms = [
        Some(shown_short(value)),
        one_decimal.then(|| fixed(exact, 1)),
        no_decimal.then(|| fixed(exact, 0)),
        one_digit.then(|| words::one_digit(value)),
    ];
    let mut forms = forms.into_iter().flatten();
    forms.find(|text| NUMBER.width(text) + BETWEEN_NUMBERS <= width)
}

/// The row that is spelled out, and where rows can be chosen.
fn chosen_row(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    row: Option<usize>,
    places: &Places,
) {
    let Some(i) = moment.event.and_then(|event| event.i) else {
        return;
    };
    let queries = player.schedule().queries(i);
    let row_height = places.s.height / rows_in_tile(player);
    let left = places.names.x - 2.0;
    let width = places.o.x + places.o.width - left;
    for (at, query) in queries.enumerate() {
        let y = places.q.y + at as f64 * row_height;
        let rect = Rect::new(left, y, width, row_height);
        scene.rows.push((query, rect));
        if row == Some(query) {
            scene.block(rect.grown(1.0), Paint::Row);
        }
    }
}

/// The frame around what the step changes on the chip.
fn beam(scene: &mut StageScene, player: &Player, moment: &Moment, places: &Places) {
    let names = columns_of(player);
    let there = TileShare::of(player, moment);
    let scores = there.scores_of(places.s);
    let column = |name: &str| {
        let place = names.iter().position(|of| *of == name)?;
        let pitch = places.columns.width / names.len() as f64;
        let x = places.columns.x + place as f64 * pitch;
        Some(Rect::new(
            x,
            places.columns.y - 18.0,
            pitch - 2.0,
            there.rows_of(places.columns).height + 18.0,
        ))
    };
    let framed = match moment.kind() {
        Some(EventKind::Scores | EventKind::Mask | EventKind::Exp) => Some(scores),
        Some(EventKind::RowMax) => column("m̃").or_else(|| column("m")),
        Some(EventKind::Rescale) => column("α"),
        Some(EventKind::RowSum) => column("l"),
        Some(EventKind::Normalise) if player.schedule().tiling().is_none() => Some(scores),
        Some(EventKind::Pv | EventKind::Normalise | EventKind::Merge) => {
            Some(there.rows_of(places.o))
        }
        _ => None,
    };
    if let Some(at) = framed {
        scene.block(at.grown(2.0), Paint::Beam);
    }
}
