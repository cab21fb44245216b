//! What marks have in common: a tone, and what of them can be pointed at.

use crate::element::{Element, el, rect};
use crate::scale::Bands;

/// What a mark stands for, which the style sheet turns into a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The data that the figure is about.
    Main,
    /// Data behind or beside these.
    Soft,
    /// Data that are there for comparison: counts, controls.
    Quiet,
    /// What is true or was fitted.
    Ink,
    /// What is selected or happens now.
    Beam,
    /// What is more, or of the class that is looked for.
    Positive,
    /// What is less, or of the other class.
    Negative,
    /// What is left out.
    Masked,
}

impl Tone {
    /// Class in the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Main => "tone-main",
            Self::Soft => "tone-soft",
            Self::Quiet => "tone-quiet",
            Self::Ink => "tone-ink",
            Self::Beam => "tone-beam",
            Self::Positive => "tone-positive",
            Self::Negative => "tone-negative",
            Self::Masked => "tone-masked",
        }
    }
}

/// How marks look, and what they answer to.
///
/// ```
/// use headlight_figure::{Mark, Tone};
///
/// let bins = Mark::new(Tone::Quiet).target("bin").selected(Some(3));
/// let gaps = Mark::new(Tone::Positive).dashed();
/// assert_ne!(bins, gaps);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub(crate) tone: Tone,
    pub(crate) what: Option<&'static str>,
    pub(crate) series: usize,
    pub(crate) selected: Option<usize>,
    pub(crate) is_dashed: bool,
}

impl Mark {
    /// Marks of a tone at which one cannot point.
    #[must_use]
    pub const fn new(tone: Tone) -> Self {
        Self {
            tone,
            what: None,
            series: 0,
            selected: None,
            is_dashed: false,
        }
    }

    /// Makes each mark a part of the figure that a visitor points at.
    #[must_use]
    pub const fn target(mut self, what: &'static str) -> Self {
        self.what = Some(what);
        self
    }

    /// Index of a line among the lines that a visitor points at.
    #[must_use]
    pub const fn series(mut self, index: usize) -> Self {
        self.series = index;
        self
    }

    /// Draws one mark as the one that is selected.
    #[must_use]
    pub const fn selected(mut self, index: Option<usize>) -> Self {
        self.selected = index;
        self
    }

    /// Draws lines with gaps, so that they are told apart without their colours.
    #[must_use]
    pub const fn dashed(mut self) -> Self {
        self.is_dashed = true;
        self
    }

    /// A line with its tone, dashes and target.
    pub(crate) fn on_line(&self, element: Element) -> Element {
        let drawn = self.on(element, "mark-line", self.series);
        let drawn = drawn.class_if("is-dashed", self.is_dashed);
        drawn.class(self.tone.class())
    }

    /// A mark of a class with its tone and target.
    pub(crate) fn on(&self, element: Element, class: &'static str, index: usize) -> Element {
        let element = element
            .class(class)
            .class_if("is-selected", self.selected == Some(index));
        match self.what {
            Some(what) => element.target(what, index),
            None => element,
        }
    }
}

/// Class of parts that are there to be pointed at alone, which no file has.
pub const HIT_AREA: &str = "hit-area";

/// A rectangle that shows nothing and is a part of the figure that a visitor points at.
#[must_use]
pub fn hit_area((x, y): (f64, f64), (width, height): (f64, f64), what: &'static str) -> Element {
    let area = rect(x, y, width, height).class(HIT_AREA);
    area.target(what, 0)
}

/// Class of parts that are there to be taken hold of and moved, which no file has.
pub const HANDLE: &str = "handle";

/// True for what only a visitor of the page needs, and what is inside of it.
pub(crate) fn is_for_the_page_alone(element: &Element) -> bool {
    [HIT_AREA, HANDLE].contains(&&*element.class)
}

/// A rectangle for each band, from `top` to `bottom`, that shows nothing and is a part of
/// the figure that a visitor points at: where marks are too small to be hit.
#[must_use]
pub fn hit_areas(bands: &Bands, (top, bottom): (f64, f64), what: &'static str) -> Element {
    let area = |index: usize| {
        let (left, width) = bands.band(index);
        let area = rect(left, top, width, bottom - top).class(HIT_AREA);
        area.target(what, index)
    };
    el("g").class(HIT_AREA).all((0..bands.n).map(area))
}
