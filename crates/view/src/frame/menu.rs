//! The menu of a figure: what it offers, and what choosing it does.

use super::action::FrameAction;
use super::figure_words;
use super::state::Frame;
use headlight_figure::FigureId;
use headlight_figure::files::Format;

/// The entries of a figure's menu, top to bottom. `can_be_embedded` says whether there is a
/// page of the figure alone.
#[must_use]
pub fn entries(
    frame: &Frame,
    figure: FigureId,
    can_be_embedded: bool,
) -> Vec<(&'static str, FrameAction)> {
    let either = |is_open: bool, hide, show| if is_open { hide } else { show };
    let numbers = frame.numbers == Some(figure);
    let method = frame.method == Some(figure);
    let save = |format| (save_label(format), FrameAction::Save(figure, format));
    let mut entries = vec![
        (
            either(
                numbers,
                figure_words::HIDE_NUMBERS,
                figure_words::SHOW_NUMBERS,
            ),
            FrameAction::ToggleNumbers(figure),
        ),
        (figure_words::COPY_LINK, FrameAction::Share),
    ];
    entries.extend(Format::ALL.map(save));
    if can_be_embedded {
        let embed = frame.embed == Some(figure);
        entries.push((
            either(embed, figure_words::HIDE_EMBED, figure_words::SHOW_EMBED),
            FrameAction::ToggleEmbed(figure),
        ));
    }
    entries.push((
        either(method, figure_words::HIDE_METHOD, figure_words::SHOW_METHOD),
        FrameAction::ToggleMethod(figure),
    ));
    entries
}

const fn save_label(format: Format) -> &'static str {
    match format {
        Format::Svg => figure_words::SAVE_SVG,
        Format::Png => figure_words::SAVE_PNG,
        Format::Csv => figure_words::SAVE_CSV,
        Format::Json => figure_words::SAVE_JSON,
    }
}
