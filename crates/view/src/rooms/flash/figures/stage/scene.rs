//! What is drawn of a step: rectangles, matrices as colours, texts, tiles on their way.

use headlight_figure::Anchor;
use headlight_flash::Array;

/// A rectangle's place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
}

impl Rect {
    pub(crate) const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// This rectangle, larger by `by` on every side.
    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self::new(
            self.x - by,
            self.y - by,
            self.width + 2.0 * by,
            self.height + 2.0 * by,
        )
    }
}

/// What a rectangle stands for; a page gives each a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Paint {
    /// A tile of an array in slow memory that is neither moved nor written.
    Idle(Array),
    /// One that is moved now.
    Moved(Array),
    /// One that holds a result.
    Written(Array),
    /// One that holds nothing yet.
    Unwritten(Array),
    /// The frame around what is moved or changes now.
    Beam,
    /// The chip.
    Chip,
    /// The bar of the chip's memory, whole, and what of it is used.
    Memory,
    /// What of the chip's memory is used.
    Used,
    /// What of it is beyond its size.
    Over,
    /// A tile of the grid that was met and forgotten.
    Done,
    /// The one that is met now.
    Now,
    /// One that comes later.
    Waiting,
    /// Hidden by the mask.
    Hidden,
    /// Scores or weights on the chip that the mask hides.
    Masked,
    /// The ground of a number that was just changed.
    Hot,
    /// The row that is spelled out.
    Row,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Block {
    /// Rectangle of the shape.
    pub(crate) at: Rect,
    /// Look of the shape.
    pub(crate) paint: Paint,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LabelKind {
    /// The heading of a part.
    Heading,
    /// A remark.
    Small,
    /// An array's letter.
    Letter(Array),
    /// A letter that is no array's.
    Name,
    /// What follows a letter.
    Label,
    /// A number.
    Number,
    /// A number that was just changed.
    HotNumber,
    /// A number on a dark ground.
    OnDark,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    /// Pixels from the left.
    pub(crate) x: f64,
    /// Pixels from the top, of the line that the letters stand on.
    pub(crate) y: f64,
    /// Text of the label.
    pub(crate) text: String,
    /// How it looks.
    pub(crate) kind: LabelKind,
    /// Point of the text that stands at its place.
    pub(crate) anchor: Anchor,
}

/// What the colours of a mosaic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Colours {
    /// From 0 to 1.
    Weights,
    /// From minus to plus this, 0 in the middle.
    Signed(f32),
}

/// A matrix of numbers as colours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heatmap {
    /// Rectangle of the matrix.
    pub(crate) at: Rect,
    /// Its letter: `Q`, `K`, `V`, `S`, `P` or `O`.
    pub(crate) name: &'static str,
    /// Rows of numbers.
    pub(crate) n_rows: usize,
    /// Numbers per row.
    pub(crate) n_columns: usize,
    /// `[row, column]`; -inf is hidden.
    pub(crate) values: Vec<f32>,
    /// What the colours mean.
    pub(crate) colours: Colours,
}

/// A tile on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovingTile {
    /// Of which array.
    pub array: Array,
    /// From where.
    pub from: Rect,
    /// To where.
    pub to: Rect,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StageScene {
    /// Width in pixels.
    pub(crate) width: f64,
    /// Height in pixels.
    pub(crate) height: f64,
    /// Rectangles, lowest first.
    pub(crate) blocks: Vec<Block>,
    /// The hidden part of the grid, as corners.
    pub(crate) hidden: Vec<(f64, f64)>,
    /// Matrices as colours.
    pub(crate) mosaics: Vec<Heatmap>,
    /// Labels of the stage.
    pub(crate) words: Vec<Label>,
    /// Tiles on their way, at steps that move something.
    pub(crate) flights: Vec<MovingTile>,
    /// Where on the stage the rows of the current tile can be chosen.
    pub(crate) rows: Vec<(usize, Rect)>,
}

impl StageScene {
    pub(crate) fn block(&mut self, at: Rect, paint: Paint) {
        self.blocks.push(Block { at, paint });
    }

    pub(crate) fn say(
        &mut self,
        (x, y): (f64, f64),
        kind: LabelKind,
        anchor: Anchor,
        text: impl Into<String>,
    ) {
        self.words.push(Label {
            x,
            y,
            text: text.into(),
            kind,
            anchor,
        });
    }

    pub(crate) fn heading(&mut self, x: f64, title: impl Into<String>, note: &str) {
        self.heading_at((x, 14.0), title, note);
    }

    pub(crate) fn heading_at(&mut self, (x, y): (f64, f64), title: impl Into<String>, note: &str) {
        self.say((x, y), LabelKind::Heading, Anchor::Start, title);
        self.say((x, y + 16.0), LabelKind::Small, Anchor::Start, note);
    }
}
