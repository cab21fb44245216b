//! The rooms and their figures by name.

use crate::frame::figure_id::{AnyFigure, FlashFigure};
use crate::rooms::attention::catalogue;
use crate::rooms::flash::words;
use crate::state::Place;

/// The Attention room.
pub const ATTENTION: &str = "Attention";

/// A room in the bar.
#[must_use]
pub const fn room_name(place: Place) -> &'static str {
    match place {
        Place::Attention => ATTENTION,
        Place::Flash => "Flash",
    }
}

/// What a figure is called.
#[must_use]
pub const fn figure_title(figure: AnyFigure) -> &'static str {
    match figure {
        AnyFigure::Attention(figure) => catalogue::title(figure),
        AnyFigure::Flash(FlashFigure::Stage) => words::STAGE,
        AnyFigure::Flash(FlashFigure::Timeline) => words::TIMELINE,
        AnyFigure::Flash(FlashFigure::Ledger) => words::LEDGER,
        AnyFigure::Flash(FlashFigure::Error) => words::ERROR_LABEL,
        AnyFigure::Flash(FlashFigure::Row) => words::ROW_STORY,
        AnyFigure::Flash(FlashFigure::Device) => words::device::HEADING,
        AnyFigure::Flash(FlashFigure::Growth) => words::device::GROWTH,
    }
}
