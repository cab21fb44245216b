//! A step of numbers from files, as the page shows it of typed ones: for figures that are
//! made without a page.

use headlight_figure::Figure;
use headlight_flash::Overflow;

use super::catalogue::FlashFigure;
use super::data::{DataError, HeadData};
use super::figures::row::row_shown;
use super::file::figure;
use super::options::{DataSource, Options};
use super::player::{Moment, Player};
use super::state::FlashRoom;
use super::tables::Shown;
use crate::frame::Frame;

/// What the page plays of typed numbers, at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedStep {
    room: FlashRoom,
    player: Player,
    moment: Moment,
}

/// Why there is no such step.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TypedStepError {
    /// The page does not play these numbers.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The page does not play these tiles.
    #[error("{0}")]
    Tiles(String),
    /// There are fewer steps.
    #[error("{step}, expected 0 to {n_steps}, the last step")]
    Step {
        /// Step that was asked for.
        step: u64,
        /// Steps that there are.
        n_steps: u64,
    },
    /// A number on the way is beyond 32-bit floats.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl TypedStep {
    /// The step at which `step` steps are done; the last one without it.
    ///
    /// # Errors
    ///
    /// Returns an error if the page does not play these numbers, or not for so long.
    pub fn new(
        data: HeadData,
        options: Options,
        step: Option<u64>,
    ) -> Result<Self, TypedStepError> {
        let player = Player::with(data.shared(), options).map_err(TypedStepError::Tiles)?;
        let n_steps = player.schedule().n_events();
        let step = step.unwrap_or(n_steps);
        if step > n_steps {
            return Err(TypedStepError::Step { step, n_steps });
        }
        let moment = player.moment(step)?;
        let room = FlashRoom {
            options,
            // What was typed is in the player.
            source: DataSource::Typed(String::new()),
            step: Some(step),
            ..FlashRoom::default()
        };
        Ok(Self {
            room,
            player,
            moment,
        })
    }

    /// A figure of the step, `width_px` wide; `None` for one that is not a value.
    #[must_use]
    pub fn figure(&self, of: FlashFigure, width_px: f64) -> Option<Figure> {
        let Self {
            room,
            player,
            moment,
        } = self;
        let shown = Shown {
            agreement: None,
            player,
            moment,
            beside: None,
            row: row_shown(player, moment, None),
            check: None,
            on_device: [None; 2],
        };
        figure(room, &Frame::default(), of, shown, width_px)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPED: &str = "1 2\n3 4\n\n5 6\n-7 8\n\n9 1\n2 3";

    fn step(step: Option<u64>) -> Result<TypedStep, TypedStepError> {
        TypedStep::new(HeadData::typed(TYPED)?, Options::default(), step)
    }

    #[test]
    fn the_figure_is_that_of_the_room_with_these_numbers_typed() {
        let room = FlashRoom {
            source: DataSource::Typed(TYPED.to_owned()),
            step: Some(3),
            ..FlashRoom::default()
        };
        let player = Player::new(&room).unwrap();
        let moment = player.moment(3).unwrap();
        let shown = Shown {
            agreement: None,
            player: &player,
            moment: &moment,
            beside: None,
            row: row_shown(&player, &moment, None),
            check: None,
            on_device: [None; 2],
        };
        let of_page = figure(&room, &Frame::default(), FlashFigure::Stage, shown, 592.0);
        assert!(of_page.is_some());
        let found = step(Some(3)).unwrap().figure(FlashFigure::Stage, 592.0);
        assert_eq!(found, of_page);
    }

    #[test]
    fn the_last_step_is_the_usual_one_and_there_is_none_beyond() {
        let last = step(None).unwrap();
        let n_steps = last.moment.n_steps;
        assert_eq!(last.moment.step, n_steps);
        assert!(step(Some(n_steps)).is_ok() && step(Some(0)).is_ok());
        let error = step(Some(n_steps + 1)).unwrap_err().to_string();
        let expected = format!("{}, expected 0 to {n_steps}, the last step", n_steps + 1);
        assert_eq!(error, expected);
    }
}
