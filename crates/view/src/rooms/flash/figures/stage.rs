//! The stage: slow memory, the chip and the matrix that never exists, laid out.
//!
//! A pure function of a step and a width, in two parts: `scene` places boxes, texts and
//! matrices, and `drawing` makes a drawing of the kit of them. A flight is a tile on its
//! way between slow memory and the chip.
//!
//! Wide, the three stand side by side as they are read: what is far away, what is
//! here, what there would be. Narrow, they stand below each other.

mod chip;
mod drawing;
mod grid;
mod names;
mod places;
mod scene;
mod slow;
mod text;

#[cfg(test)]
pub(crate) use chip::shown_within;
pub use drawing::{Stage, on_gesture, stage, stage_beside};
use headlight_flash::Array;
pub(crate) use scene::StageScene;
#[cfg(test)]
pub(crate) use scene::{Block, Label, LabelKind, Paint};
pub use scene::{MovingTile, Rect};

use crate::rooms::flash::player::{Moment, Player};

/// Below this width the parts stand below each other.
const WIDE: f64 = 740.0;
/// Room between the parts.
const GAP: f64 = 30.0;
/// Height of the headings above the parts.
const HEADING: f64 = 44.0;

/// Lays out a step at a width. `row` is the query that is spelled out.
#[must_use]
pub(crate) fn scene(
    player: &Player,
    moment: &Moment,
    row: Option<usize>,
    width: f64,
) -> StageScene {
    let mut scene = StageScene {
        width,
        ..StageScene::default()
    };
    if width >= WIDE {
        wide(&mut scene, player, moment, row);
    } else {
        narrow(&mut scene, player, moment, row);
    }
    scene
}

fn wide(scene: &mut StageScene, player: &Player, moment: &Moment, row: Option<usize>) {
    let width = scene.width;
    let slow_width = slow::width_of(player);
    let grid_side = (width * 0.2).clamp(150.0, 220.0);
    let grid_width = grid_side.max(grid::words_width(player));
    let left = slow_width + GAP;
    let chip_width = width - slow_width - grid_width - 2.0 * GAP;
    let chip_at = Rect::new(left, HEADING, chip_width, places::height(player));
    let slow_height = chip_at.height.max(grid_side);
    let slow_at = Rect::new(0.0, HEADING, slow_width, slow_height);
    let strips = slow::standing(scene, player, moment, slow_at);
    let slots = chip::draw_chip(scene, player, moment, row, chip_at);
    let grid_at = Rect::new(left + chip_width + GAP, HEADING, grid_side, grid_side);
    grid::draw_grid(scene, player, moment, grid_at, false);
    scene.flights = flights(moment, &strips, &slots);
    let beside = HEADING + grid_side + grid::LEGEND;
    scene.height = beside.max(HEADING + chip_at.height) + 4.0;
}

fn narrow(scene: &mut StageScene, player: &Player, moment: &Moment, row: Option<usize>) {
    let width = scene.width;
    let slow_at = Rect::new(0.0, HEADING, width, slow::lying_height(player));
    let strips = slow::lying(scene, player, moment, slow_at);
    let chip_top = slow_at.y + slow_at.height + HEADING + 12.0;
    let chip_at = Rect::new(0.0, chip_top, width, places::height(player));
    let slots = chip::draw_chip(scene, player, moment, row, chip_at);
    let grid_top = chip_top + chip_at.height + HEADING + 12.0;
    let side = (width * 0.56).min(240.0).min(width - grid::LEGEND_BESIDE);
    grid::draw_grid(
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
fn flights(moment: &Moment, strips: &[(Array, Rect)], slots: &[(Array, Rect)]) -> Vec<MovingTile> {
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
        Some(MovingTile {
            array: moved.array,
            from,
            to,
        })
    };
    event.moves().filter_map(flight).collect()
}
