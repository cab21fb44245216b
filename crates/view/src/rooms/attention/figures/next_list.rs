//! The next tokens as they are drawn: a row for each with its bars and numbers, the line of
//! the cut, and what the cuts leave in one sentence.

use headlight_activations::Sampling;
use headlight_figure::{
    Element, FigureId, Gesture, GestureKind, HANDLE, NOTE, REMARK, Size, Table, TokenRows, Tone,
    el, line_between, rect,
};

use crate::answers::details::Cuts;
use crate::answers::run::{Run, WeightedToken};
use crate::answers::truth::ShownTruth;
use crate::frame::keys;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::cuts::{self, CutBar, CutBars, PITCH};
use crate::rooms::attention::figures::mark_legend::mark_legend;
use crate::rooms::attention::figures::next::{self, N_NEXT, NextBar};
use crate::rooms::attention::words;

/// Least width of the drawing, in pixels.
const NARROWEST: f64 = 240.0;
/// Room of the names as a share of the width, and at least and at most.
const NAMES: (f64, f64, f64) = (0.25, 60.0, 120.0);
/// Room of a column of percentages.
const NUMBERS: f64 = 57.0;
/// Room of the columns' heads.
const HEADS: f64 = 17.0;
/// Thickness of a bar.
const BAR: f64 = 15.0;
/// Pixels by which marks and outlines reach beyond a bar.
const BEYOND: f64 = 2.0;
/// Room between the list and the sentence below it.
const ABOVE_SENTENCE: f64 = 12.0;
/// Width in which most sentences take one line; in less, they take two.
const ONE_LINE: f64 = 480.0;
/// Width and height of what the cut's line is dragged by, and of the area around it.
const GRIP: [(f64, f64); 2] = [(22.0, 11.0), (40.0, PITCH)];
/// Height of the area along the line that takes hold of it.
const LINE_AREA: f64 = 10.0;
/// Targets: a token's row, and the line of the cut.
const NEXT: &str = "next";
const CUT: &str = "cut";

/// What the figure shows.
#[derive(Clone, Copy, Debug)]
pub struct NextList<'a> {
    /// The run whose next tokens these are.
    pub run: &'a Run,
    /// What the language says of them.
    pub truth: &'a ShownTruth,
    /// What sampling leaves, once that is known.
    pub cuts: Option<&'a Cuts>,
    /// How the next token is drawn.
    pub sampling: Sampling,
    /// The token that is chosen to be appended or explained.
    pub chosen: Option<u32>,
}

/// Where the parts are.
struct NextListLayout {
    width: f64,
    rows: TokenRows,
    legend: Element,
    /// Upper edge of the sentence, and the least room below it.
    sentence_top: f64,
    sentence_room: f64,
}

impl NextListLayout {
    fn new(width_px: f64, has_whole: bool, has_truth: bool, n_columns: usize) -> Self {
        // Whole pixels, so that a file says exactly how wide its drawing is.
        let width = width_px.max(NARROWEST).floor();
        let (legend, legend_height) = mark_legend(has_whole, has_truth, width);
        let (share, least, most) = NAMES;
        let names = (share * width).clamp(least, most);
        let rows = TokenRows::new(width, names, &[NUMBERS; 2][..n_columns]);
        let rows = rows.below(legend_height + HEADS, PITCH);
        let n_lines = if width < ONE_LINE { 2.0 } else { 1.0 };
        Self {
            sentence_top: rows.bottom(N_NEXT) + ABOVE_SENTENCE,
            sentence_room: n_lines * REMARK.line(),
            width,
            rows,
            legend,
        }
    }
}

/// Height that the drawing of a run to come will take in a width.
#[must_use]
pub fn expected_height(width_px: f64, has_whole: bool, has_truth: bool) -> f64 {
    let layout = NextListLayout::new(width_px, has_whole, has_truth, 1);
    layout.sentence_top + layout.sentence_room
}

/// True for a gesture that takes hold of the line of the cut.
#[must_use]
pub fn takes_hold(gesture: &Gesture) -> bool {
    gesture.kind == GestureKind::Down && gesture.at(CUT).is_some()
}

/// What the second column of numbers holds: probabilities of being drawn, or in the
/// language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Second {
    Drawn,
    Truth,
}

impl NextList<'_> {
    /// The second column: what is drawn is the question once the sampling was changed.
    fn second(&self) -> Option<Second> {
        if self.sampling != Sampling::default() {
            return Some(Second::Drawn);
        }
        self.has_truth().then_some(Second::Truth)
    }

    /// True where the language has marks, or soon will.
    fn has_truth(&self) -> bool {
        match self.truth {
            ShownTruth::Known(truth) => !truth.next.is_empty(),
            ShownTruth::Awaited => true,
            _ => false,
        }
    }

    fn layout(&self, width_px: f64) -> NextListLayout {
        let has_whole = self.run.clean.is_some();
        let n_columns = 1 + usize::from(self.second().is_some());
        NextListLayout::new(width_px, has_whole, self.has_truth(), n_columns)
    }

    /// The list in a width, and the room that it takes.
    #[must_use]
    pub fn drawing(&self, width_px: f64) -> (Element, Size) {
        let layout = self.layout(width_px);
        let truth = self.truth.known();
        let bars = next::bars(self.run, truth.as_deref(), self.cuts);
        let cut = self.cuts.map(CutBars::new);
        let stop = bars.iter().position(|bar| Some(bar.id) == self.chosen);
        let row = |(index, bar): (usize, &NextBar)| {
            let of_cut = cut.as_ref().and_then(|cut| {
                let mut bars = cut.bars.iter();
                bars.find(|of_cut| of_cut.id == bar.id)
            });
            self.row(&layout, index, bar, of_cut, stop.unwrap_or(0) == index)
        };
        let list = el("g")
            .set("role", "listbox")
            .set("aria-label", words::NEXT_LIST)
            .all(bars.iter().enumerate().map(row));
        let line = cut.map(|cut| self.cut_line(&layout, &cut));
        let sentence = self.sentence();
        let from = (0.0, layout.sentence_top);
        let (sentence, height) = REMARK.paragraph(&sentence, from, layout.width);
        let drawing = el("g")
            .add(layout.legend.clone())
            .add(self.heads(&layout))
            .add(list)
            .add(line)
            .add(sentence.class("cut-sentence"));
        let size = Size {
            width: layout.width,
            height: layout.sentence_top + height.max(layout.sentence_room),
        };
        (drawing, size)
    }

    fn heads(&self, layout: &NextListLayout) -> Element {
        let second = self.second().map(|second| match second {
            Second::Drawn => words::DRAWN_COLUMN,
            Second::Truth => words::TRUTH_COLUMN,
        });
        let heads = [Some(words::MODEL_COLUMN), second];
        let baseline = layout.rows.top - 5.0;
        let heads = heads.into_iter().flatten().enumerate();
        let heads = heads.map(|(column, head)| layout.rows.head(column, baseline, &NOTE, head));
        el("g").set("aria-hidden", "true").all(heads)
    }

    fn row(
        &self,
        layout: &NextListLayout,
        index: usize,
        bar: &NextBar,
        cut: Option<&CutBar>,
        is_stop: bool,
    ) -> Element {
        let rows = &layout.rows;
        let is_chosen = self.chosen == Some(bar.id);
        let is_cut = cut.is_some_and(|cut| cut.drawn_percent.is_none());
        let tooltip = words::next_title(
            &bar.label.quoted(),
            &bar.percent,
            bar.clean_percent.as_deref(),
            cut.and_then(|cut| cut.drawn_percent.as_deref()),
        );
        let second = self.second().and_then(|second| match second {
            Second::Drawn => cut.map(CutBar::drawn_text),
            Second::Truth => bar.true_percent.clone(),
        });
        let looks = |part: Element| {
            let is_quiet = is_cut && !is_chosen;
            part.class_if("is-selected", is_chosen)
                .class_if("is-quiet", is_quiet)
        };
        let tone = if is_cut { Tone::Masked } else { Tone::Main };
        let own = rows.bar(index, (0.0, bar.fraction), BAR, tone);
        let heated = bar.heated_fraction.map(|heated| {
            let thickness = BAR + 2.0 * BEYOND;
            let outline = rows.bar(index, (0.0, heated), thickness, tone);
            Element {
                class: "mark-heated".into(),
                ..outline
            }
        });
        let mark = |share: Option<f64>, class| Some(upright(rows, index, share?).class(class));
        let second = second.map(|second| looks(rows.number(index, 1, second)));
        rows.row(index, NEXT)
            .class_if("is-cut", is_cut)
            .set("role", "option")
            .set("id", format!("next-{}", bar.id))
            .set("aria-selected", is_chosen.to_string())
            .set("tabindex", if is_stop { "0" } else { "-1" })
            .add(el("title").add(tooltip))
            .add(looks(rows.name(index, &bar.label, None)))
            .add(own.class_if("is-selected", is_chosen))
            .add(heated)
            .add(mark(bar.clean_fraction, "mark-whole"))
            .add(mark(bar.true_fraction, "mark-truth"))
            .add(looks(rows.number(index, 0, bar.percent.clone())))
            .add(second)
    }

    /// The line below which nothing is drawn, with what it is dragged by. Where nothing
    /// listed is cut off, the line is there to be taken hold of alone.
    fn cut_line(&self, layout: &NextListLayout, cut: &CutBars) -> Element {
        let (width, rows) = (layout.width, &layout.rows);
        let y = cut.cut_y.map(|y| rows.top + y);
        let middle = y.unwrap_or_else(|| rows.bottom(cut.bars.len()));
        let line = line_between((0.0, middle), (width, middle)).class("cut-line");
        let at_right =
            |(of, height): (f64, f64)| rect(width - of, middle - height / 2.0, of, height);
        let [grip, area] = GRIP.map(at_right);
        let along = rect(0.0, middle - LINE_AREA / 2.0, width, LINE_AREA);
        let handle = el("g")
            .class(HANDLE)
            .target(CUT, 0)
            .add(el("title").add(words::DRAG_CUT))
            .add(y.is_none().then(|| line.clone()))
            .add(along.class("hit-area"))
            .add(area.class("hit-area"))
            .add(grip.at("rx", GRIP[0].1 / 2.0).class("handle-grip"));
        el("g")
            .set("aria-hidden", "true")
            .add(y.map(|_| line))
            .add(handle)
    }

    /// What temperature and cuts leave, once that is known.
    fn sentence(&self) -> String {
        let Sampling {
            temperature,
            top_k,
            top_p,
            ..
        } = self.sampling;
        let of = |cuts| cuts::sentence(cuts, temperature, top_k, top_p);
        self.cuts.map(of).unwrap_or_default()
    }

    /// The figure in a width; `None` where no token follows.
    #[must_use]
    pub fn figure(
        &self,
        width_px: f64,
        table: Table,
        credit: String,
    ) -> Option<headlight_figure::Figure> {
        if self.run.next.is_empty() {
            return None;
        }
        let (drawing, size) = self.drawing(width_px);
        Some(headlight_figure::Figure {
            id: FigureId(AttentionFigure::Next.name()),
            title: catalogue::title(AttentionFigure::Next).into(),
            sentence: next::summary(self.run),
            drawing,
            size,
            table,
            credit,
        })
    }

    /// What a gesture does to the figure that is drawn in this width: clicks and arrows
    /// choose, a second click and Enter append, and the line of the cut can be dragged.
    #[must_use]
    pub fn on_gesture(&self, gesture: &Gesture, width_px: f64) -> Option<AttentionAction> {
        let listed = &self.run.next[..self.run.next.len().min(N_NEXT)];
        let pointed = gesture.at(NEXT).and_then(|index| listed.get(index));
        match gesture.kind {
            GestureKind::Click => Some(AttentionAction::Choose(pointed?.id)),
            GestureKind::DoubleClick => Some(AttentionAction::Append(pointed?.id)),
            GestureKind::Key => self.on_key(gesture, listed),
            GestureKind::Drag => {
                gesture.at(CUT)?;
                self.dragged_to(gesture.y - self.layout(width_px).rows.top)
            }
            _ => None,
        }
    }

    fn on_key(&self, gesture: &Gesture, listed: &[WeightedToken]) -> Option<AttentionAction> {
        let from = gesture.at(NEXT)?;
        if gesture.value == "Enter" {
            return Some(AttentionAction::Append(listed.get(from)?.id));
        }
        let to = keys::moved(&gesture.value, from, listed.len(), 1)?;
        Some(AttentionAction::Choose(listed[to].id))
    }

    /// The sampling whose line is at a height: another top-p, or another top-k where that
    /// is what cuts.
    fn dragged_to(&self, y: f64) -> Option<AttentionAction> {
        let (cuts, old) = (self.cuts?, self.sampling);
        let changed = if old.top_k > 0 {
            Sampling {
                top_k: cuts::top_k_at(cuts, y),
                ..old
            }
        } else {
            Sampling {
                top_p: cuts::top_p_at(cuts, old.top_k, y),
                ..old
            }
        };
        (changed != old).then_some(AttentionAction::SetSampling(changed))
    }
}

/// An upright line across the bar at a share of its room.
fn upright(rows: &TokenRows, index: usize, share: f64) -> Element {
    let (x, middle) = (rows.along(share), rows.middle(index));
    let half = BAR / 2.0 + BEYOND;
    line_between((x, middle - half), (x, middle + half))
}

#[cfg(test)]
#[path = "next_list_tests.rs"]
mod tests;
