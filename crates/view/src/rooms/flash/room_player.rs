//! What the room shows: numbers, steps and the step that it stands at.

use super::words::PLAY;
use headlight_figure::{Shared, phrase};

use super::data::HeadData;
use super::figures::compare::SideBySide;
use super::options::DataSource;
use super::player::Player;
use super::state::FlashRoom;
use crate::answers::head::Head;

impl Player {
    /// What the room plays.
    ///
    /// # Errors
    ///
    /// Returns a sentence if there is nothing to play: no numbers yet, bad ones,
    /// or tiles that cannot be.
    pub fn new(room: &FlashRoom) -> Result<Self, String> {
        let data = data_of(room)?;
        Self::with(data, room.options)
    }

    /// The step that the room shows, of the played algorithm's own.
    #[must_use]
    pub fn step(&self, room: &FlashRoom) -> u64 {
        let step = room.step.unwrap_or(self.opening);
        step.min(self.schedule.n_events())
    }

    /// The step that the room shows, of all that its transport walks.
    #[must_use]
    pub fn step_of(&self, course: &SideBySide, room: &FlashRoom) -> u64 {
        room.step.unwrap_or(self.opening).min(course.n_steps())
    }
}

/// The numbers that the room attends with.
///
/// # Errors
///
/// Returns a sentence if there are none yet, or bad ones.
pub fn data_of(room: &FlashRoom) -> Result<Shared<HeadData>, String> {
    let data = match &room.source {
        DataSource::Head => {
            let awaited = || super::words::HEAD_AWAITED.to_owned();
            let head = room.head.as_ref();
            let head = head.ok_or_else(|| room.missing.clone().unwrap_or_else(awaited))?;
            HeadData::of_head(head).map(|data| data.with_tokens(room.tokens.as_ref()))
        }
        DataSource::Random { n, d, seed } => HeadData::random(*n, *d, *seed),
        DataSource::Typed(typed) => HeadData::typed(typed),
    };
    let data = data.map_err(|error| phrase::sentence(&error.to_string()))?;
    Ok(data.shared())
}

/// What the room is about, where the numbers are, and what to press: for those who see
/// it for the first time.
#[must_use]
pub fn intent(source: &DataSource, head: Option<Head>) -> String {
    let numbers = match (source, head) {
        (DataSource::Head, Some(Head { layer, head })) => {
            format!("the numbers of head {layer}.{head}")
        }
        (DataSource::Head, None) => "the numbers of a head".to_owned(),
        (DataSource::Random { .. }, _) => "random numbers".to_owned(),
        (DataSource::Typed(_), _) => "your own numbers".to_owned(),
    };
    format!(
        "For each query, attention averages the values, weighted by how well their keys match; \
         flash attention gets the same result without ever writing the N × N matrix of weights. \
         Press {PLAY} to watch {numbers} go, tile by tile, from large, slow memory to the small, \
         fast chip."
    )
}
