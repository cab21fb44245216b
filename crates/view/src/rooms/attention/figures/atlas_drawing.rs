//! The atlas as it is drawn: a small map for each head, under a title for each layer.
//!
//! All maps are one layer: what lies behind and in front of them is drawn around all at
//! once, so that a thousand heads are three layers of the page and not three thousand. Each
//! head has its place from the start, so that one that arrives moves none.

use std::collections::BTreeSet;

use headlight_figure::{
    Anchor, Element, Face, FigureId, HIT_AREA, NOTE, Node, Palette, Path, Pixels, Size, Table,
    TextStyle, el, hatching, line_between, rect,
};

use crate::answers::head::{self, Head};
use crate::frame::Frame;
use crate::frame::ablation::{Part, part_name};
use crate::frame::words as frame_words;
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::atlas::{Atlas, AtlasCell, Sort};
use crate::rooms::attention::figures::head_kind::HeadKind;
use crate::rooms::attention::figures::matrix::push_rectangle;
use crate::rooms::attention::state::AttentionRoom;
use crate::rooms::attention::words;

/// Smallest side of a map that still shows a diagonal.
const MIN_SIDE: f64 = 28.0;
/// Largest side of a map in a column beside the stage.
const MAX_SIDE: f64 = 72.0;
/// Widest such column.
const WIDEST_COLUMN: f64 = 300.0;
/// Largest side of a map where the atlas has the page's whole width.
const MAX_WIDE_SIDE: f64 = 132.0;
/// Between two maps side by side.
const GAP: f64 = 6.0;
/// Between two rows of maps.
const ROW_GAP: f64 = 4.0;
/// Height of a layer's title; as high as a finger needs for what stands in it.
const TITLE: f64 = 24.0;
/// Between two layers.
const LAYER_GAP: f64 = 8.0;
/// Room of the text below a map.
const BELOW_ROOM: f64 = 15.0;
/// Room beside a word that can be pressed.
const BESIDE_WORD: f64 = 6.0;
/// Heads to a layer, and layers, before the model says how many it has.
const UNKNOWN: (usize, usize) = (6, 4);
/// Targets: a head, counted through all layers, and the MLP of a layer.
pub(super) const HEAD: &str = "head";
pub(super) const MLP: &str = "mlp";

/// Name of a head in a corner of its map.
const PLACE: TextStyle = TextStyle {
    class: "atlas-place",
    face: Face::Mono,
    size: 9.0,
};
/// What a head does, or its score, below its map.
const BELOW: TextStyle = TextStyle {
    class: "atlas-below",
    face: Face::Sans,
    size: 10.0,
};
/// What takes the MLP of a layer out.
const TAKE_OUT: TextStyle = TextStyle {
    class: "atlas-take-out",
    face: Face::Sans,
    size: 11.5,
};

/// Which heads are selected, averaged and taken out, and which MLPs there are to take out.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadChoice {
    /// The selected head.
    pub selected: Head,
    /// The head that was added or taken away last.
    pub toggled: Option<Head>,
    /// The heads that are averaged with the selected one.
    pub companions: BTreeSet<Head>,
    /// The parts that were taken out.
    pub out: BTreeSet<Part>,
    /// The layers whose MLP can be taken out.
    pub mlps: Vec<usize>,
}

impl HeadChoice {
    /// What is chosen now.
    #[must_use]
    pub fn new(room: &AttentionRoom, frame: &Frame) -> Self {
        let (n_layers, _) = frame.grid_of_heads();
        let has_mlp = |layer: &usize| frame.has_part(Part::Mlp(*layer));
        let out = frame.subject.ablations.iter();
        Self {
            selected: frame.subject.head,
            toggled: room.toggled,
            companions: room.companions.clone(),
            out: out.map(|ablation| ablation.part).collect(),
            mlps: (0..n_layers).filter(has_mlp).collect(),
        }
    }

    /// True if the head is taken out.
    fn is_out(&self, head: Head) -> bool {
        self.out.contains(&Part::Head(head))
    }
}

/// How the maps stand, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtlasGrid {
    /// Maps side by side.
    pub columns: usize,
    /// Side of one.
    pub side_px: f64,
    /// Distance between two; whole on average alone, so that a row fills its width.
    pub gap_px: f64,
}

impl AtlasGrid {
    /// Left edge of a column.
    fn left(&self, column: usize) -> f64 {
        (column as f64 * (self.side_px + self.gap_px)).floor()
    }

    /// Right edge of a full row.
    fn right(&self) -> f64 {
        self.left(self.columns - 1) + self.side_px
    }
}

/// Where the parts are.
struct AtlasLayout {
    grid: AtlasGrid,
    /// Height of a map with the text below it, if texts stand there.
    cell_height: f64,
    /// Upper edges of the layers' titles.
    titles: Vec<f64>,
    /// Left and upper edges of the maps, in order.
    places: Vec<(f64, f64)>,
    size: Size,
}

impl Atlas {
    /// How the maps stand in `width_px` pixels: a layer in one row where its heads fit,
    /// and as many as are large enough to be read otherwise.
    #[must_use]
    pub fn grid(&self, width_px: f64) -> AtlasGrid {
        let fitting = ((width_px + GAP) / (MIN_SIDE + GAP)).floor().max(1.0) as usize;
        let n_heads = match self.n_heads {
            0 => UNKNOWN.0,
            n => n,
        };
        // Rows of about the same length, where one is not enough.
        let columns = n_heads.div_ceil(n_heads.div_ceil(fitting));
        let n_gaps = (columns - 1) as f64;
        let largest = match width_px > WIDEST_COLUMN {
            true => MAX_WIDE_SIDE,
            false => MAX_SIDE,
        };
        let side_px = ((width_px - n_gaps * GAP) / columns as f64).floor();
        let side_px = side_px.clamp(MIN_SIDE, largest);
        let left_over = (width_px - columns as f64 * side_px) / n_gaps.max(1.0);
        let gap_px = if side_px < largest {
            left_over.max(GAP)
        } else {
            GAP
        };
        AtlasGrid {
            columns,
            side_px,
            gap_px,
        }
    }

    fn layout(&self, width_px: f64) -> AtlasLayout {
        let width = width_px.max(MIN_SIDE).floor();
        let grid = self.grid(width);
        let below = if self.has_texts_below(&grid) {
            BELOW_ROOM
        } else {
            0.0
        };
        let cell_height = grid.side_px + below;
        let sizes = self.sections.iter().map(|section| section.cells.len());
        let mut sizes: Vec<usize> = sizes.collect();
        let has_titles = self.sort == Sort::Layer;
        if self.cells().next().is_none() {
            sizes = match has_titles {
                true => vec![UNKNOWN.0; UNKNOWN.1],
                false => vec![UNKNOWN.0 * UNKNOWN.1],
            };
        }
        let (mut titles, mut places) = (Vec::new(), Vec::new());
        let mut bottom = 0.0;
        for (index, n) in sizes.into_iter().enumerate() {
            let mut top = bottom;
            if index > 0 {
                top += LAYER_GAP;
            }
            if has_titles {
                titles.push(top);
                top += TITLE;
            }
            for at in 0..n {
                let row = (at / grid.columns) as f64;
                let y = top + row * (cell_height + ROW_GAP);
                places.push((grid.left(at % grid.columns), y));
                bottom = y + cell_height;
            }
        }
        AtlasLayout {
            grid,
            cell_height,
            titles,
            places,
            size: Size {
                width,
                height: bottom,
            },
        }
    }

    /// True where every text has room below its map. Where a word has none, the head's
    /// name says it; a score is worth being cut.
    fn has_texts_below(&self, grid: &AtlasGrid) -> bool {
        let fits = |kind: HeadKind| BELOW.width(kind.label()) <= grid.side_px;
        self.sort != Sort::Layer || HeadKind::ALL.into_iter().all(fits)
    }

    /// Index of a head among the targets.
    pub(super) const fn target_of(&self, head: Head) -> usize {
        head.layer * self.n_heads + head.head
    }

    /// The heads in a width, and the room that they take; before the model says how many
    /// it has, the room of most.
    #[must_use]
    pub fn drawing(&self, choice: &HeadChoice, width_px: f64) -> (Element, Size) {
        let layout = self.layout(width_px);
        let squares = |is_drawn: &dyn Fn(&AtlasCell) -> bool, beyond: f64| {
            let mut path = String::new();
            for (cell, (x, y)) in self.cells().zip(&layout.places) {
                if is_drawn(cell) {
                    let side = layout.grid.side_px + 2.0 * beyond;
                    push_rectangle(&mut path, x - beyond, y - beyond, side, side);
                }
            }
            el("path").set("d", path)
        };
        let is_out = |cell: &AtlasCell| choice.is_out(cell.head);
        let is_companion = |cell: &AtlasCell| choice.companions.contains(&cell.head);
        let maps = self.cells().zip(&layout.places);
        let maps = maps.map(|(cell, place)| layout.map(cell, *place));
        let drawing = el("g")
            .add(hatching())
            .add(layout.hatched())
            .add(el("g").all(maps))
            .add(squares(&is_out, -1.0).class("atlas-veil"))
            .add(self.grounds_of_names(&layout))
            .add(self.strikes(&layout, choice))
            .add(squares(&is_companion, 1.5).class("atlas-ring"))
            .add(self.heads(&layout, choice))
            .add(self.titles(&layout, choice));
        (drawing, layout.size)
    }

    /// The heads, as a visitor chooses among them.
    fn heads(&self, layout: &AtlasLayout, choice: &HeadChoice) -> Node {
        if self.cells().next().is_none() {
            return Node::NOTHING;
        }
        let stop = self.tab_stop(choice);
        let heads = self.cells().zip(&layout.places);
        let heads = heads.map(|(cell, place)| self.head(layout, choice, cell, *place, stop));
        el("g")
            .set("role", "radiogroup")
            .set("aria-label", words::CHOOSE_HEAD)
            .all(heads)
            .into()
    }

    /// The head at which Tab stops: the one that was added last, else the selected one.
    pub(super) fn tab_stop(&self, choice: &HeadChoice) -> Option<Head> {
        let is_there = |head: &Head| self.cells().any(|cell| cell.head == *head);
        let wanted = [choice.toggled, Some(choice.selected)];
        let wanted = wanted.into_iter().flatten().find(is_there);
        wanted.or_else(|| Some(self.cells().next()?.head))
    }

    fn head(
        &self,
        layout: &AtlasLayout,
        choice: &HeadChoice,
        cell: &AtlasCell,
        (x, y): (f64, f64),
        stop: Option<Head>,
    ) -> Element {
        let (head, side) = (cell.head, layout.grid.side_px);
        let is_selected = head == choice.selected;
        let looks = |part: Element| part.class_if("is-selected", is_selected);
        let frame = match is_selected {
            true => rect(x, y, side, side),
            false => rect(x + 0.5, y + 0.5, side - 1.0, side - 1.0),
        };
        let frame = looks(frame.class("atlas-frame"));
        let frame = frame.class_if("is-companion", choice.companions.contains(&head));
        let (right, baseline) = (x + side - 3.0, y + 6.5 + PLACE.below_middle());
        let place = PLACE.at(right, baseline, Anchor::End, head::dotted(head));
        let below = (layout.cell_height > side).then(|| {
            let text = cell.below().unwrap_or_default();
            let text = BELOW.fitted(&text, side + layout.grid.gap_px - 2.0);
            let baseline = y + side + 2.0 + BELOW.size;
            looks(BELOW.at(x + side / 2.0, baseline, Anchor::Middle, text))
        });
        let said = cell.spoken();
        let drawn = el("g")
            .class("atlas-head")
            .target(HEAD, self.target_of(head))
            .set("role", "radio")
            .set("id", format!("head-{}-{}", head.layer, head.head))
            .set("aria-label", said.clone())
            .set("aria-checked", if is_selected { "true" } else { "false" })
            .set("tabindex", if stop == Some(head) { "0" } else { "-1" })
            .add(el("title").add(said))
            .add(rect(x, y, side, layout.cell_height).class(HIT_AREA))
            .add(frame)
            .add(looks(place));
        match below {
            Some(below) => drawn.add(below),
            None => drawn,
        }
    }

    /// Grounds of the names in the corners of the maps.
    fn grounds_of_names(&self, layout: &AtlasLayout) -> Element {
        let mut path = String::new();
        for (cell, (x, y)) in self.cells().zip(&layout.places) {
            let width = PLACE.width(&head::dotted(cell.head)) + 2.0;
            let right = x + layout.grid.side_px - 2.0;
            push_rectangle(&mut path, right - width, y + 1.0, width, 11.0);
        }
        el("path").class("paper").set("d", path)
    }

    /// A line across each head that is taken out.
    fn strikes(&self, layout: &AtlasLayout, choice: &HeadChoice) -> Element {
        let side = layout.grid.side_px;
        let heads = self.cells().zip(&layout.places);
        let out = heads.filter(|(cell, _)| choice.is_out(cell.head));
        let path = out.fold(Path::default(), |path, (_, (x, y))| {
            let path = path.move_to(x + 1.0, y + 1.0);
            path.line_to(x + side - 1.0, y + side - 1.0)
        });
        path.element().class("atlas-strike")
    }

    /// The layers' titles, each with what takes its MLP out.
    fn titles(&self, layout: &AtlasLayout, choice: &HeadChoice) -> Element {
        let named = self.sections.iter().zip(&layout.titles);
        let names = named.filter_map(|(section, top)| {
            let baseline = top + TITLE / 2.0 + NOTE.below_middle();
            Some(NOTE.at(0.0, baseline, Anchor::Start, section.title.clone()?))
        });
        let names = el("g").set("aria-hidden", "true").all(names);
        let with_mlp = choice.mlps.iter().filter_map(|layer| {
            let top = layout.titles.get(*layer)?;
            self.sections.get(*layer)?;
            Some(mlp(*layer, (layout.grid.right(), *top), choice))
        });
        // A file has nothing to press.
        let with_mlp = el("g").class(HIT_AREA).all(with_mlp);
        el("g").add(names).add(with_mlp)
    }

    /// The figure in a width.
    #[must_use]
    pub fn figure(
        &self,
        choice: &HeadChoice,
        width_px: f64,
        table: Table,
        credit: String,
    ) -> headlight_figure::Figure {
        let (drawing, size) = self.drawing(choice, width_px);
        headlight_figure::Figure {
            id: FigureId(AttentionFigure::Atlas.name()),
            title: catalogue::title(AttentionFigure::Atlas).into(),
            sentence: self.sentence(),
            drawing,
            size,
            table,
            credit,
        }
    }
}

impl AtlasLayout {
    /// What shows where a head cannot look, and before it has arrived.
    fn hatched(&self) -> Element {
        let (mut path, side) = (String::new(), self.grid.side_px);
        for (x, y) in &self.places {
            push_rectangle(&mut path, *x, *y, side, side);
        }
        el("path").class("masked-cells").set("d", path)
    }

    /// The map of a head; without a cell while it has not arrived, so that the others stay
    /// what they are when it does.
    fn map(&self, cell: &AtlasCell, (x, y): (f64, f64)) -> Pixels {
        let arrived = cell.thumbnail.as_ref().map(|small| small.pixels().clone());
        let map = arrived.unwrap_or_else(|| Pixels::new([], 0, Palette::Sequential));
        let side = self.grid.side_px - 2.0;
        let size = Size {
            width: side,
            height: side,
        };
        map.over(x + 1.0, y + 1.0, size)
    }
}

/// What takes the MLP of a layer out, or puts it back; its upper right corner is given.
fn mlp(layer: usize, (right, top): (f64, f64), choice: &HeadChoice) -> Element {
    let part = Part::Mlp(layer);
    let is_out = choice.out.contains(&part);
    let says = words::take_out(&part_name(part));
    let text_width = TAKE_OUT.width(frame_words::MLP);
    let width = text_width + 2.0 * BESIDE_WORD;
    let (left, middle) = (right - width, top + TITLE / 2.0);
    let text_left = left + BESIDE_WORD;
    let baseline = middle + TAKE_OUT.below_middle();
    let line = if is_out { middle } else { baseline + 3.5 };
    let line = line_between((text_left, line), (text_left + text_width, line));
    let text = TAKE_OUT.at(text_left, baseline, Anchor::Start, frame_words::MLP);
    let line = line.class("atlas-take-out-line");
    el("g")
        .class("atlas-button")
        .target(MLP, layer)
        .set("role", "button")
        .set("aria-label", says.clone())
        .set("aria-pressed", is_out.to_string())
        .set("tabindex", "0")
        .add(el("title").add(says))
        .add(rect(left, top, width, TITLE).class(HIT_AREA))
        .add(text.class_if("is-out", is_out))
        .add(line.class_if("is-out", is_out))
}

#[cfg(test)]
#[path = "atlas_drawing_tests.rs"]
mod tests;
