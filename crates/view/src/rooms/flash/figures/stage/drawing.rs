//! A laid out step as a drawing of the kit: what lies below the matrices, the matrices,
//! what lies above them, and the rows of the tile, which a visitor can choose.

use headlight_figure::{
    Element, Gesture, GestureKind, NOTE, NUMBER, Palette, Path, Pixels, Size, decimal, el,
    hatching, rect, tenths,
};
use headlight_flash::Array;

use super::scene;
use super::scene::{
    Block, Colours, Heatmap, Label, LabelKind, MovingTile, Paint, Rect, StageScene,
};
use super::text::{HEADING, LETTER, REMARK};
use crate::rooms::flash::FlashAction;
use crate::rooms::flash::player::{Moment, Player, row_label};
use crate::rooms::flash::words;

/// Least width of the drawing: less leaves no room for the matrix beside its legend.
const NARROWEST: f64 = 240.0;
/// Target: a row of the tile on the chip, by its query.
const ROW: &str = "row";
/// Letters of the matrices that keep their place among the drawing's pixels; scores or
/// weights have the last one.
const MATRICES: [&str; 4] = ["Q", "K", "V", "O"];
/// A step on the stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Drawing of the step.
    pub drawing: Element,
    /// Room that it takes.
    pub size: Size,
    /// Tiles that the step moves; the drawing has them where they arrive.
    pub moving_tiles: Vec<MovingTile>,
}

/// The stage of what is played, `width_px` wide. `row` is the query that is spelled out.
#[must_use]
pub fn stage(player: &Player, moment: &Moment, row: Option<usize>, width_px: f64) -> Stage {
    let scene = scene(player, moment, row, width_px.max(NARROWEST).floor());
    let drawing = el("g").add(hatching());
    let drawing = with_matrices(drawing, &scene, words::STAGE.to_owned());
    finished(drawing.add(rows(player, &scene, row)), scene)
}

/// The stage of the algorithm beside, which has no row to choose. Its hatching is that of
/// the stage above it.
#[must_use]
pub fn stage_beside(player: &Player, moment: &Moment, width_px: f64) -> Stage {
    let scene = scene(player, moment, None, width_px.max(NARROWEST).floor());
    let name = words::beside_label(player, moment);
    finished(with_matrices(el("g"), &scene, name), scene)
}

/// A click on a row of the tile chooses it, as do the keys of a button; up and down, Home
/// and End choose another one.
#[must_use]
pub fn on_gesture(gesture: &Gesture, player: &Player, moment: &Moment) -> Option<FlashAction> {
    let row = gesture.at(ROW)?;
    let rows = player.schedule().queries(moment.event?.i?);
    let last = rows.end - 1;
    let chosen = match (gesture.kind, gesture.value.as_str()) {
        (GestureKind::Click, _) | (GestureKind::Key, "Enter" | " ") => row,
        (GestureKind::Key, "ArrowUp") => row.saturating_sub(1),
        (GestureKind::Key, "ArrowDown") => row + 1,
        (GestureKind::Key, "Home") => rows.start,
        (GestureKind::Key, "End") => last,
        _ => return None,
    };
    Some(FlashAction::SelectRow(chosen.clamp(rows.start, last)))
}

fn finished(drawing: Element, scene: StageScene) -> Stage {
    let StageScene { width, height, .. } = scene;
    Stage {
        drawing,
        size: Size { width, height },
        moving_tiles: scene.flights,
    }
}

fn with_matrices(drawing: Element, scene: &StageScene, name: String) -> Element {
    let parts = |is_wanted: fn(Paint) -> bool| {
        let blocks = scene.blocks.iter();
        let blocks: Vec<&Block> = blocks.filter(|block| is_wanted(block.paint)).collect();
        let alike = blocks.chunk_by(|a, b| a.paint == b.paint);
        el("g").all(alike.flat_map(painted))
    };
    let above = el("g")
        .set("role", "img")
        .set("aria-label", name)
        .add(parts(|paint| !is_below(paint)))
        .add(hidden_part(scene))
        .add(el("g").all(scene.blocks.iter().filter_map(outline)))
        .add(el("g").all(scene.words.iter().map(label)));
    drawing.add(parts(is_below)).all(matrices(scene)).add(above)
}

/// What lies below the matrices.
const fn is_below(paint: Paint) -> bool {
    matches!(paint, Paint::Chip | Paint::Hot | Paint::Masked)
}

fn rect_at(at: Rect) -> Element {
    rect(at.x, at.y, at.width, at.height)
}

/// Blocks that are painted alike. Pieces and tiles, of which there may be hundreds, are
/// one path: a step then changes few attributes of the document.
fn painted(blocks: &[&Block]) -> Vec<Element> {
    let together = || {
        let path = blocks.iter().fold(Path::default(), |path, block| {
            let Rect {
                x,
                y,
                width,
                height,
            } = block.at;
            path.rect(x, y, width, height)
        });
        path.element()
    };
    let tiles = |class: &'static str| vec![together().class(class)];
    let pieces = |array: Array, state: &'static str| {
        let path = together().class("piece").class(state);
        vec![path.class(tone(array))]
    };
    let each = |class: &'static str| {
        let one = |block: &&Block| rect_at(block.at).class(class);
        blocks.iter().map(one).collect::<Vec<_>>()
    };
    let rounded = |class: &'static str, radius: f64| {
        let all = each(class).into_iter();
        all.map(|block| block.at("rx", radius)).collect()
    };
    match blocks[0].paint {
        Paint::Idle(array) => pieces(array, "is-idle"),
        Paint::Moved(array) => pieces(array, "is-moved"),
        Paint::Written(array) => pieces(array, "is-written"),
        Paint::Unwritten(array) => pieces(array, "is-unwritten"),
        Paint::Done => tiles("tile is-done"),
        Paint::Now => tiles("tile is-now"),
        Paint::Waiting => tiles("tile is-waiting"),
        Paint::Beam => rounded("beam", 2.0),
        Paint::Chip => rounded("chip-ground", 4.0),
        Paint::Memory => each("chip-memory"),
        Paint::Used => each("chip-memory is-used"),
        Paint::Over => each("chip-memory is-over"),
        Paint::Hidden | Paint::Masked => each("masked-cells"),
        Paint::Hot => each("hot-ground"),
        Paint::Row => each("chosen-row"),
    }
}

/// Class of an array's colour; all that is computed has that of the output.
const fn tone(array: Array) -> &'static str {
    match array {
        Array::Q => "tone-q",
        Array::K => "tone-k",
        Array::V => "tone-v",
        _ => "tone-o",
    }
}

/// The part of the grid that the mask hides.
fn hidden_part(scene: &StageScene) -> Element {
    let place = |place: f64| decimal(tenths(place));
    let corners = scene.hidden.iter();
    let corners = corners.map(|(x, y)| format!("{},{}", place(*x), place(*y)));
    let points = corners.collect::<Vec<_>>().join(" ");
    el("polygon").class("masked-cells").set("points", points)
}

/// Where the tiles are that the mask hides, to be counted, and the one that is met, which
/// may be one of these.
fn outline(block: &Block) -> Option<Element> {
    match block.paint {
        Paint::Hidden => Some(rect_at(block.at).class("tile-outline")),
        Paint::Now => Some(rect_at(block.at).class("selection")),
        _ => None,
    }
}

/// The matrices on the chip, each in its own place among the others: what follows them
/// stays what it is when a step brings one or takes it away.
fn matrices(scene: &StageScene) -> Vec<Pixels> {
    let nothing = Pixels::new([], 0, Palette::Sequential);
    let mut places = vec![nothing; MATRICES.len() + 1];
    for heatmap in &scene.mosaics {
        let place = MATRICES.iter().position(|name| *name == heatmap.name);
        places[place.unwrap_or(MATRICES.len())] = pixels(heatmap);
    }
    places
}

fn pixels(heatmap: &Heatmap) -> Pixels {
    let (palette, largest) = match heatmap.colours {
        Colours::Weights => (Palette::Sequential, 1.0),
        Colours::Signed(largest) => (Palette::Diverging, largest.max(f32::MIN_POSITIVE)),
    };
    let share = |value: &f32| {
        let is_hidden = *value == f32::NEG_INFINITY;
        (!is_hidden).then(|| f64::from(value / largest))
    };
    let Rect {
        x,
        y,
        width,
        height,
    } = heatmap.at;
    Pixels::new(heatmap.values.iter().map(share), heatmap.n_columns, palette).over(
        x,
        y,
        Size { width, height },
    )
}

fn label(label: &Label) -> Element {
    let (style, class) = match label.kind {
        LabelKind::Heading => (HEADING, ""),
        LabelKind::Small => (REMARK, ""),
        LabelKind::Letter(array) => (LETTER, tone(array)),
        LabelKind::Name => (LETTER, "tone-ink"),
        LabelKind::Label => (NOTE, ""),
        LabelKind::Number => (NUMBER, "on-light"),
        LabelKind::HotNumber => (NUMBER, "is-selected"),
        LabelKind::OnDark => (NUMBER, "on-dark"),
    };
    let text = style.at(label.x, label.y, label.anchor, label.text.clone());
    text.class(class)
}

/// Rows of the tile on the chip, to be chosen: one of them is a stop of Tab. They keep
/// their places, so that the focus stays where a step brings other rows.
fn rows(player: &Player, scene: &StageScene, chosen: Option<usize>) -> Element {
    let row = |&(query, at): &(usize, Rect)| {
        let is_chosen = chosen == Some(query);
        rect_at(at)
            .class("hit-area")
            .target(ROW, query)
            .set("role", "button")
            .set("tabindex", if is_chosen { "0" } else { "-1" })
            .set("aria-label", row_label(player, query))
            .set("aria-pressed", if is_chosen { "true" } else { "false" })
    };
    // A file has nothing to choose: it leaves out what is a hit area.
    el("g")
        .class("hit-area")
        .set("role", "group")
        .set("aria-label", words::ROWS_OF_TILE)
        .all(scene.rows.iter().map(row))
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;
    use headlight_figure::{Anchor, DARK, Figure, LIGHT, Node, Target, svg, unscaled_width};

    use super::*;
    use crate::rooms::flash::catalogue::FlashFigure;
    use crate::rooms::flash::test_room::{all_options, player, square};
    use crate::rooms::flash::{HeadData, Options, TypedStep};

    const TYPED: &str = "0.5 -1\n1 0.25\n\n1 0\n-1 2\n\n10 1\n0.5 -3";

    fn figure(step: u64, width: f64) -> Figure {
        let data = HeadData::typed(TYPED).unwrap();
        let step = TypedStep::new(data, Options::default(), Some(step)).unwrap();
        step.figure(FlashFigure::Stage, width).unwrap()
    }

    fn gesture(kind: GestureKind, row: usize, value: &str) -> Gesture {
        Gesture {
            target: Some(Target { what: ROW, at: row }),
            value: value.to_owned(),
            ..Gesture::new(kind)
        }
    }

    #[test]
    fn scores_and_weights_are_drawn() {
        for (name, step, theme) in [("scores", 4, &LIGHT), ("weights", 7, &DARK)] {
            let figure = figure(step, 592.0);
            let file = svg(&figure, theme, unscaled_width(figure.size.width));
            assert!(!file.contains("button"), "nothing to press in a file");
            expect_file![format!("../snapshots/stage.{name}.svg")].assert_eq(&file);
        }
    }

    #[test]
    fn matrices_keep_their_places_whatever_a_step_brings() {
        for options in all_options() {
            let player = player(options);
            for step in 0..=player.schedule().n_events() {
                let moment = player.moment(step).unwrap();
                let Stage { drawing, .. } = stage(&player, &moment, None, 900.0);
                let is_pixels: Vec<bool> = drawing
                    .children
                    .iter()
                    .map(|child| matches!(child, Node::Pixels(_)))
                    .collect();
                let (no, yes) = (false, true);
                assert_eq!(is_pixels, [no, no, yes, yes, yes, yes, yes, no, no]);
            }
        }
    }

    #[test]
    fn rows_are_chosen_by_pointer_and_keys_and_not_beyond_the_ends() {
        let player = player(square());
        let step = player.largest_rescale().unwrap();
        let moment = player.moment(step).unwrap();
        let rows = player.schedule().queries(moment.event.unwrap().i.unwrap());
        let chosen = |kind, row, value| on_gesture(&gesture(kind, row, value), &player, &moment);
        let row = |row| Some(FlashAction::SelectRow(row));
        let (first, last) = (rows.start, rows.end - 1);
        assert!(first > 0 && last > first + 1);
        assert_eq!(chosen(GestureKind::Click, last, ""), row(last));
        for (from, key, to) in [
            (last, "ArrowUp", last - 1),
            (first, "ArrowUp", first),
            (first, "ArrowDown", first + 1),
            (last, "ArrowDown", last),
            (last, "Home", first),
            (first, "End", last),
            (first + 1, "Enter", first + 1),
            (first + 1, " ", first + 1),
        ] {
            assert_eq!(chosen(GestureKind::Key, from, key), row(to), "{key}");
        }
        assert_eq!(chosen(GestureKind::Key, first, "ArrowRight"), None);
        assert_eq!(chosen(GestureKind::Over, first, ""), None);
        assert_eq!(
            on_gesture(&Gesture::new(GestureKind::Click), &player, &moment),
            None
        );
    }

    #[test]
    fn headings_and_remarks_stay_inside_the_drawing() {
        for (n, width) in [
            (24, 280.0),
            (24, 592.0),
            (24, 740.0),
            (2_000, 740.0),
            (2_000, 1000.0),
        ] {
            let data = HeadData::random(n, 4, 1).unwrap().shared();
            for options in all_options() {
                let player = Player::with(data.clone(), options).unwrap();
                let moment = player.moment(6).unwrap();
                for label in scene(&player, &moment, None, width).words {
                    let style = match label.kind {
                        LabelKind::Heading => HEADING,
                        LabelKind::Small => REMARK,
                        _ => continue,
                    };
                    let (text, long) = (&label.text, style.width(&label.text));
                    let (from, to) = match label.anchor {
                        Anchor::Start => (label.x, label.x + long),
                        Anchor::Middle => (label.x - long / 2.0, label.x + long / 2.0),
                        Anchor::End => (label.x - long, label.x),
                    };
                    let is_inside = from >= 0.0 && to <= width + 0.5;
                    assert!(is_inside, "{text} {from} to {to} of {width}, {options:?}");
                }
            }
        }
    }
}
