//! The selected row beside or below the map: a bar per key, and their sum.

use headlight_figure::{
    Anchor, Bands, Direction, Element, LABEL, Mark, NOTE, NUMBER, Scale, Tone, bars, el, legend,
    line_between, rect,
};

use crate::rooms::attention::figures::row::{BAR_PITCH, RowBar, RowBars};
use crate::rooms::attention::words;

/// Width of the row beside a map.
pub(super) const ROW_WIDTH: f64 = 216.0;
/// Targets: a key of the selected row.
pub(super) const BAR: &str = "bar";
/// Room of the heading.
const HEADING: f64 = 20.0;
/// Room of a token's name, and of its position where keys are left out.
const NAME: (f64, f64) = (74.0, 26.0);
/// Room of a weight.
const WEIGHT: f64 = 42.0;
/// Between name, bar and weight.
const GAP: f64 = 8.0;
/// Free room between two bars.
const BETWEEN_BARS: f64 = 8.0;
/// Weight below which a bar is left out where there is little room: it is written 0.000.
const FAINT: f64 = 0.0005;

/// The row from `(x, y)` on, and where it ends; before there is one, the room for it.
///
/// `selected` is the number of rows that are averaged, and the selected key. Where there is
/// little room, bars of no length are left out.
pub(super) fn drawing(
    row: Option<&RowBars>,
    (n_rows, key): (usize, usize),
    expected_px: Option<f64>,
    (x, y): (f64, f64),
    width: f64,
    has_little_room: bool,
) -> (Element, f64) {
    let heading = match n_rows {
        0 | 1 => words::THIS_ROW.to_owned(),
        n => words::mean_of_rows(n),
    };
    let baseline = y + NOTE.size;
    let heading = NOTE.at(x, baseline, Anchor::Start, heading);
    let drawn = el("g").add(heading.class("is-heading"));
    let top = y + HEADING;
    let Some(row) = row else {
        return (drawn, top + expected_px.unwrap_or(0.0) + 2.0 * NOTE.line());
    };
    let is_drawn = |bar: &&RowBar| {
        let most = bar.fraction.max(bar.clean_fraction.unwrap_or(0.0));
        !has_little_room || most >= FAINT
    };
    let shown: Vec<&RowBar> = row.bars.iter().filter(is_drawn).collect();
    let mut bottom = top + shown.len() as f64 * BAR_PITCH;
    let bands = Bands::new(shown.len(), (top, bottom), BETWEEN_BARS);
    let place = if row.rest.is_some() { NAME.1 } else { 0.0 };
    let left = x + place + NAME.0 + GAP;
    let lengths = Scale::linear((0.0, 1.0), (left, x + width - WEIGHT - GAP));
    let fractions: Vec<f64> = shown.iter().map(|bar| bar.fraction).collect();
    let selected = shown.iter().position(|bar| bar.key == key);
    let mark = Mark::new(Tone::Main).selected(selected);
    let weights = bars(&fractions, &bands, &lengths, Direction::Across, mark);
    let texts = shown.iter().enumerate().map(|(index, bar)| {
        texts(
            bar,
            selected == Some(index),
            (x, left - GAP, x + width),
            bands.middle(index),
        )
    });
    let clean = shown.iter().enumerate().filter_map(|(index, bar)| {
        let at = lengths.clamped(bar.clean_fraction?)?;
        let (top, height) = bands.band(index);
        let ends = ((at, top - 3.0), (at, top + height + 3.0));
        Some(line_between(ends.0, ends.1).class("clean-weight"))
    });
    let mut drawn = drawn
        .add(line_between((left, top), (left, bottom)).class("axis-line"))
        .add(weights)
        .add(el("g").all(clean))
        .add(el("g").all(texts));
    let sum = format!("{} {}", words::SUM, row.sum);
    for text in row.rest.iter().cloned().chain([sum]) {
        bottom += NOTE.line() + 2.0;
        drawn = drawn.add(NUMBER.at(x + width, bottom, Anchor::End, text));
    }
    bottom += GAP;
    if row.bars.iter().any(|bar| bar.clean_fraction.is_some()) {
        let of_clean = Mark::new(Tone::Beam).dashed();
        let marks = [
            (words::THE_REST, Mark::new(Tone::Main)),
            (words::THE_WHOLE, of_clean),
        ];
        let (legend, height) = legend(&marks, (x, bottom), width);
        drawn = drawn.add(legend);
        bottom += height;
    }
    let areas = shown.iter().enumerate().map(|(index, bar)| {
        let area = rect(x, bands.middle(index) - BAR_PITCH / 2.0, width, BAR_PITCH);
        hearing(area, bar)
    });
    let list = el("g").class("hit-area").set("role", "list");
    let list = list.set("aria-label", words::THIS_ROW);
    let hidden = drawn.set("aria-hidden", "true");
    (el("g").add(hidden).add(list.all(areas)), bottom)
}

/// Position where keys are left out, name and weight of a key.
fn texts(
    bar: &RowBar,
    is_selected: bool,
    (start, name_end, end): (f64, f64, f64),
    middle: f64,
) -> Element {
    let baseline = middle + LABEL.below_middle();
    let lead = bar.label.lead.clone();
    let room = NAME.0 - LABEL.width(&lead);
    let name = marked(lead, LABEL.fitted(&bar.label.body, room));
    let name = name.at("x", name_end).at("y", baseline);
    let name = name.set("text-anchor", "end");
    let place = bar.place.map(|place| place.to_string());
    let place = place.map(|place| NOTE.at(start, baseline, Anchor::Start, place));
    let weight = NUMBER.at(end, baseline, Anchor::End, bar.weight.clone());
    el("g")
        .add(place)
        .add(name.class_if("is-strong", is_selected))
        .add(weight.class_if("is-strong", is_selected))
}

/// A label with its spaces as faint marks.
pub(super) fn marked(lead: String, text: String) -> Element {
    let mark = el("tspan").class("space-mark");
    let mark = (!lead.is_empty()).then(|| mark.add(lead));
    el("text")
        .class(LABEL.class)
        .add(mark)
        .add(el("tspan").add(text))
}

/// What of a key hears the pointer and is heard by those who do not see it.
fn hearing(area: Element, bar: &RowBar) -> Element {
    let area = area.class("hit-area").target(BAR, bar.key);
    let said = format!("{} {}", bar.label.full(), bar.weight);
    let area = area.set("role", "listitem").set("aria-label", said);
    let was = bar.clean_weight.as_ref();
    let was = was.map(|clean| el("title").add(words::was_weight(&bar.weight, clean)));
    area.add(was)
}
