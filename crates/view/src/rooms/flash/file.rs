//! The room's figures as values, and as files.

use crate::frame::figure_words;
use crate::frame::words::PRODUCT;

use super::catalogue::title;
use super::device::RunShown;
use super::device_ask::{measurement_shown, run_shown};
use super::figures::compare::SideBySide;
use super::figures::ledger::ledger;
use super::figures::row::{self, row_after_each_tile};
use super::figures::stage::{Stage, stage};
use super::figures::{agreement, error, growth, ledger_drawing, timeline};
use super::numbers::{data_name, numbers};
use super::options::DataSource;
use super::sentence;
use super::state::FlashRoom;
use super::tables::{self, Shown};
use super::words::{self, capitalised};
use crate::frame::Frame;
use crate::frame::save::{Content, SaveRequest, named};
use crate::rooms::flash::catalogue::FlashFigure;
use headlight_figure::files::Format;
use headlight_figure::{Figure, plain};

/// A figure of the room as a value in a width; `None` if it has nothing to show now, and for
/// those that are not drawn as values.
#[must_use]
pub fn figure(
    room: &FlashRoom,
    frame: &Frame,
    figure: FlashFigure,
    seen: Shown<'_>,
    width_px: f64,
) -> Option<Figure> {
    let (title, sentence, (drawing, size)) = match figure {
        FlashFigure::Growth => {
            let shown = measurement_shown(room, frame);
            let growth = shown.measured()?;
            let drawing = growth::drawing(growth, width_px);
            (title(figure).into(), growth::sentence(growth), drawing)
        }
        FlashFigure::Timeline => {
            let beside = seen.beside.map(|(player, _)| player);
            let course = SideBySide::new(seen.player, beside, room.clock);
            let step = seen.player.step_of(&course, room);
            let drawing = timeline::drawing(&course, step, room.timeline_from, width_px);
            let sentence = timeline::summary(&course, step, width_px);
            (title(figure).into(), sentence, drawing)
        }
        FlashFigure::Ledger => {
            let ledger = ledger(seen.player, seen.moment, seen.beside);
            let sentence = ledger_drawing::summary(seen.player, &ledger);
            let drawing = ledger_drawing::drawing(&ledger, width_px);
            (title(figure).into(), sentence, drawing)
        }
        FlashFigure::Error => {
            let check = seen.check?;
            let drawing = error::drawing(seen.check, width_px);
            (
                capitalised(title(figure)).into(),
                error::summary(check)?,
                drawing,
            )
        }
        FlashFigure::Row => {
            let (player, moment, row) = (seen.player, seen.moment, seen.row?);
            let passed = row_after_each_tile(player, moment, row);
            let heading = words::row_heading(player, row);
            let sentence = row::summary(player, moment, row);
            (heading.into(), sentence, row::drawing(&passed, width_px))
        }
        FlashFigure::Device => {
            let RunShown::Answered(answer) = run_shown(room, frame) else {
                return None;
            };
            let found = seen.agreement?;
            let drawing = agreement::drawing(&answer, found, width_px);
            (title(figure).into(), agreement::verdict(found)?, drawing)
        }
        FlashFigure::Stage => {
            let Stage { drawing, size, .. } = stage(seen.player, seen.moment, seen.row, width_px);
            let sentence = plain(&sentence(seen.player, seen.moment));
            (title(figure).into(), sentence, (drawing, size))
        }
    };
    Some(Figure {
        id: figure.into(),
        title,
        sentence,
        drawing,
        size,
        table: tables::table_of(figure, seen)?,
        credit: credit(room, frame, figure),
    })
}

/// What a file about a figure holds, in the place where it stands `width_px` pixels wide;
/// `None` if it has nothing to show now.
#[must_use]
pub fn content(
    room: &FlashRoom,
    frame: &Frame,
    (wanted, format): (FlashFigure, Format),
    seen: Shown<'_>,
    width_px: Option<f64>,
) -> Option<Content> {
    let numbers = numbers(room, frame, wanted, seen)?;
    Some(match format {
        Format::Svg | Format::Png => {
            let value = figure(room, frame, wanted, seen, width_px?)?;
            Content::Figure(Box::new(value))
        }
        Format::Csv | Format::Json => Content::Numbers(numbers),
    })
}

/// The file that was asked for.
pub(crate) fn save_request(
    room: &FlashRoom,
    frame: &Frame,
    pending_save: (FlashFigure, Format),
    content: Content,
) -> SaveRequest {
    let (figure, format) = pending_save;
    if figure == FlashFigure::Growth {
        return SaveRequest {
            content,
            format,
            name: named(figure.into(), "random", "", format),
        };
    }
    let source = &room.source;
    let inputs = room.head.as_ref();
    let of_head = inputs.filter(|_| *source == DataSource::Head);
    let of_head = of_head.map(|inputs| format!("-{}.{}", inputs.layer, inputs.head));
    let whose = match source {
        DataSource::Head => frame.shown_model(),
        DataSource::Random { .. } | DataSource::Typed(_) => data_name(source),
    };
    SaveRequest {
        content,
        format,
        name: named(figure.into(), whose, &of_head.unwrap_or_default(), format),
    }
}

/// Small print of a figure: where its numbers come from.
fn credit(room: &FlashRoom, frame: &Frame, figure: FlashFigure) -> String {
    match room.source {
        _ if figure == FlashFigure::Growth => credit_of_growth(),
        // They stay when another run is shown.
        DataSource::Head => room.head_of.as_ref().map_or_else(
            || frame.credit(),
            |of| figure_words::credit(&of.model, &of.ablations, &of.prompt),
        ),
        DataSource::Random { seed, .. } => credit_of_random(seed),
        DataSource::Typed(_) => credit_of_typed(),
    }
}

/// Below a drawing of numbers from a seed.
#[must_use]
pub(super) fn credit_of_random(seed: u64) -> String {
    format!("{PRODUCT} · random numbers of seed {seed}")
}

/// Below a drawing of sequences that were only measured.
#[must_use]
pub(super) fn credit_of_growth() -> String {
    format!("{PRODUCT} · random numbers")
}

/// Below a drawing of numbers that the visitor typed.
#[must_use]
pub(super) fn credit_of_typed() -> String {
    format!("{PRODUCT} · typed numbers")
}

#[cfg(test)]
mod tests {
    use crate::frame::action::FrameAction;
    use crate::reduce_flash;

    use super::super::device::Measurement;
    use super::super::figures::growth::tests::{growth_of, point};
    use super::super::test_drawing::assert_inside;
    use super::super::test_room::{numbers_of, of_twelve_rows, with_shown};
    use super::super::{Options, Player};
    use super::*;
    use crate::frame::effect::Effect;
    use crate::rooms::flash::FlashAction;
    use headlight_figure::FigureId;

    #[test]
    fn saving_asks_the_room_and_the_room_asks_the_page() {
        let mut state = of_twelve_rows(Options::default());
        for format in Format::ALL {
            let wanted = FigureId::from(FlashFigure::Ledger);
            let effects = crate::reduce(&mut state, FrameAction::Save(wanted, format));
            assert_eq!(effects, [], "the first module has no numbers");
            assert_eq!(
                state.flash.pending_save,
                Some((FlashFigure::Ledger, format))
            );
            let found = with_shown(&state, |seen| {
                let pending = (FlashFigure::Ledger, format);
                content(&state.flash, &state.frame, pending, seen, Some(300.0)).unwrap()
            });
            let effects = reduce_flash(&mut state, FlashAction::Save(Some(found)));
            assert_eq!(state.flash.pending_save, None);
            let [Effect::Save(request)] = effects.as_slice() else {
                panic!("expected a file, got {effects:?}");
            };
            let extension = format.extension();
            assert_eq!(
                request.name,
                format!("headlight-flash-ledger-random.{extension}")
            );
            let numbers = numbers_of(&state, FlashFigure::Ledger);
            match (format, &request.content) {
                (Format::Svg | Format::Png, Content::Figure(value)) => assert_eq!(value.id, wanted),
                (Format::Csv | Format::Json, Content::Numbers(found)) => {
                    assert_eq!(*found, numbers);
                }
                (_, other) => panic!("{format:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn every_figure_that_has_something_to_show_is_a_value() {
        let mut state = of_twelve_rows(Options::default());
        state.flash.step = Player::new(&state.flash).unwrap().largest_rescale();
        let growth = growth_of(vec![point(256, 8, 1.0)]);
        state.flash.device.measurement = Some(Measurement::Begun(growth));
        for kind in FlashFigure::ALL {
            let of = |seen: Shown<'_>| {
                let (room, frame) = (&state.flash, &state.frame);
                let value = figure(room, frame, kind, seen, 300.0);
                (value, tables::table_of(kind, seen).unwrap())
            };
            let (value, table) = with_shown(&state, of);
            // Nothing has run on a device.
            assert_eq!(value.is_some(), kind != FlashFigure::Device, "{kind:?}");
            let Some(value) = value else { continue };
            assert_eq!((value.id.0, value.table), (kind.name(), table));
            assert!(value.credit.contains("random"), "{}", value.credit);
            assert!(
                !value.title.is_empty() && !value.sentence.is_empty(),
                "{kind:?}"
            );
            // The stage has styles of text of its own, and tests of where they stand.
            if kind != FlashFigure::Stage {
                assert_inside(&value.drawing, value.size);
            }
        }
    }

    #[test]
    fn a_figure_without_numbers_says_so() {
        let mut state = of_twelve_rows(Options::default());
        state.flash.pending_save = Some((FlashFigure::Row, Format::Csv));
        assert_eq!(reduce_flash(&mut state, FlashAction::Save(None)), []);
        assert_eq!(state.frame.notices, [figure_words::NOTHING_TO_SAVE]);
        assert_eq!(state.flash.pending_save, None);
    }
}
