//! The stage: slow memory, the chip and the matrix that never exists, laid out.
//!
//! A pure function of a step and a width. What is drawn are boxes, texts, paths and
//! mosaics; a mosaic is a matrix of colours that a page paints one pixel per number.
//! A flight is a tile on its way between slow memory and the chip.
//!
//! Wide, the three stand side by side as they are read: what is far away, what is
//! here, what there would be. Narrow, they stand below each other.

mod chip;
mod grid;
mod names;
mod slow;

#[cfg(test)]
pub(crate) use chip::shown_within;
use headlight_flash::Array;

use crate::rooms::flash::player::{Moment, Player};

/// Below this width the parts stand below each other.
pub const WIDE: f64 = 700.0;
/// Room between the parts.
const GAP: f64 = 30.0;
/// Height of the headings above the parts.
const HEADING: f64 = 44.0;

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
    const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// The same, larger by `by` on every side.
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
pub enum Paint {
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
pub struct Block {
    /// Where.
    pub at: Rect,
    /// What.
    pub paint: Paint,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Voice {
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

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top, of the line that the letters stand on.
    pub y: f64,
    /// What it says.
    pub text: String,
    /// How it looks.
    pub voice: Voice,
    /// Where it is held.
    pub anchor: Anchor,
}

/// What the colours of a mosaic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Colours {
    /// From 0 to 1.
    Weights,
    /// From minus to plus this, 0 in the middle.
    Signed(f32),
}

/// A matrix of numbers as colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Mosaic {
    /// Where.
    pub at: Rect,
    /// Its letter: `Q`, `K`, `V`, `S`, `P` or `O`.
    pub name: &'static str,
    /// Rows of numbers.
    pub n_rows: usize,
    /// Numbers per row.
    pub n_columns: usize,
    /// `[row, column]`; -inf is hidden.
    pub values: Vec<f32>,
    /// What the colours mean.
    pub colours: Colours,
}

/// A tile on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flight {
    /// Of which array.
    pub array: Array,
    /// From where.
    pub from: Rect,
    /// To where.
    pub to: Rect,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
    /// Rectangles, lowest first.
    pub blocks: Vec<Block>,
    /// The hidden part of the grid, as corners.
    pub hidden: Vec<(f64, f64)>,
    /// Matrices as colours.
    pub mosaics: Vec<Mosaic>,
    /// Texts.
    pub words: Vec<Words>,
    /// Tiles on their way, at steps that move something.
    pub flights: Vec<Flight>,
    /// Where on the stage the rows of the current tile can be chosen.
    pub rows: Vec<(usize, Rect)>,
}

impl Scene {
    fn block(&mut self, at: Rect, paint: Paint) {
        self.blocks.push(Block { at, paint });
    }

    fn say(&mut self, (x, y): (f64, f64), voice: Voice, anchor: Anchor, text: impl Into<String>) {
        self.words.push(Words {
            x,
            y,
            text: text.into(),
            voice,
            anchor,
        });
    }

    fn heading(&mut self, x: f64, title: impl Into<String>, note: &str) {
        self.heading_at((x, 14.0), title, note);
    }

    fn heading_at(&mut self, (x, y): (f64, f64), title: impl Into<String>, note: &str) {
        self.say((x, y), Voice::Heading, Anchor::Start, title);
        self.say((x, y + 16.0), Voice::Small, Anchor::Start, note);
    }
}

/// Lays out a step at a width. `row` is the query that is spelled out.
#[must_use]
pub fn scene(player: &Player, moment: &Moment, row: Option<usize>, width: f64) -> Scene {
    let mut scene = Scene {
        width,
        ..Scene::default()
    };
    if width >= WIDE {
        wide(&mut scene, player, moment, row);
    } else {
        narrow(&mut scene, player, moment, row);
    }
    scene
}

fn wide(scene: &mut Scene, player: &Player, moment: &Moment, row: Option<usize>) {
    let width = scene.width;
    let slow_width = slow::width_of(player);
    let grid_width = (width * 0.2).clamp(150.0, 220.0);
    let left = slow_width + GAP;
    let chip_width = width - slow_width - grid_width - 2.0 * GAP;
    let chip_at = Rect::new(left, HEADING, chip_width, chip::height(player));
    let slow_height = chip_at.height.max(grid_width);
    let slow_at = Rect::new(0.0, HEADING, slow_width, slow_height);
    let strips = slow::standing(scene, player, moment, slow_at);
    let slots = chip::draw(scene, player, moment, row, chip_at);
    let grid_at = Rect::new(left + chip_width + GAP, HEADING, grid_width, grid_width);
    grid::draw(scene, player, moment, grid_at, false);
    scene.flights = flights(moment, &strips, &slots);
    let beside = HEADING + grid_width + grid::LEGEND;
    scene.height = beside.max(HEADING + chip_at.height) + 4.0;
}

fn narrow(scene: &mut Scene, player: &Player, moment: &Moment, row: Option<usize>) {
    let width = scene.width;
    let slow_at = Rect::new(0.0, HEADING, width, slow::lying_height(player));
    let strips = slow::lying(scene, player, moment, slow_at);
    let chip_top = slow_at.y + slow_at.height + HEADING + 12.0;
    let chip_at = Rect::new(0.0, chip_top, width, chip::height(player));
    let slots = chip::draw(scene, player, moment, row, chip_at);
    let grid_top = chip_top + chip_at.height + HEADING + 12.0;
    let side = (width * 0.56).min(240.0).min(width - grid::LEGEND_BESIDE);
    grid::draw(
        scene,
        player,
        moment,
        Rect::new(0.0, grid_top, side, side),
        true,
    );
    scene.flights = flights(moment, &strips, &slots);
    scene.height = grid_top + side + 4.0;
}

/// What the step moves, from where to where.
fn flights(moment: &Moment, strips: &[(Array, Rect)], slots: &[(Array, Rect)]) -> Vec<Flight> {
    let Some(event) = moment.event else {
        return Vec::new();
    };
    let place = |places: &[(Array, Rect)], array: Array| {
        let found = places.iter().find(|(of, _)| *of == array);
        found.map(|(_, at)| *at)
    };
    let flight = |moved: headlight_flash::Move| {
        let slow = place(strips, moved.array)?;
        let chip = place(slots, moved.array)?;
        let (from, to) = match moved.direction {
            headlight_flash::Direction::Read => (slow, chip),
            headlight_flash::Direction::Written => (chip, slow),
        };
        Some(Flight {
            array: moved.array,
            from,
            to,
        })
    };
    event.moves().filter_map(flight).collect()
}
