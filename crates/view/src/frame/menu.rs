//! The menu of a figure: what it offers, and what choosing it does.

use crate::action::{Action, Effect};
use crate::frame::figure_id::{AnyFigure, Figure};
use crate::frame::figure_words;
use crate::frame::save::{Content, Wish};
use crate::rooms::attention::files;
use crate::rooms::attention::tables::Source;
use crate::state::State;
use headlight_figure::files::Format;

/// The entries of a figure's menu, top to bottom.
#[must_use]
pub fn entries(state: &State, figure: AnyFigure) -> Vec<(&'static str, Action)> {
    let either = |is_open: bool, hide, show| if is_open { hide } else { show };
    let numbers = state.numbers == Some(figure);
    let method = state.method == Some(figure);
    let save = |format| (save_label(format), Action::Save(figure, format));
    let mut entries = vec![
        (
            either(
                numbers,
                figure_words::HIDE_NUMBERS,
                figure_words::SHOW_NUMBERS,
            ),
            Action::ToggleNumbers(figure),
        ),
        (figure_words::COPY_LINK, Action::Share),
    ];
    entries.extend(Format::ALL.map(save));
    entries.push((
        either(method, figure_words::HIDE_METHOD, figure_words::SHOW_METHOD),
        Action::ToggleMethod(figure),
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

/// What the page does to save a figure; `None` if there is nothing to save.
pub(crate) fn save(state: &State, figure: Figure, format: Format) -> Option<Effect> {
    Source::new(state, figure).map(|_| {
        let content = match format {
            Format::Svg | Format::Png => Content::Drawing(figure.into()),
            Format::Csv | Format::Json => Content::NumbersOf(figure),
        };
        Effect::Save(Wish {
            content,
            format,
            name: files::file_name(state, figure, format),
            credit: figure_words::credit(state.shown_model()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::{pattern, run};
    use crate::reduce;

    #[test]
    fn an_entry_that_is_open_offers_to_close() {
        let mut state = State::default();
        let labels = |state: &State| {
            let entries = entries(state, Figure::Next.into());
            (entries[0].0, entries[entries.len() - 1].0)
        };
        assert_eq!(
            labels(&state),
            (figure_words::SHOW_NUMBERS, figure_words::SHOW_METHOD)
        );
        reduce(&mut state, Action::ToggleNumbers(Figure::Next.into()));
        reduce(&mut state, Action::ToggleMethod(Figure::Next.into()));
        assert_eq!(
            labels(&state),
            (figure_words::HIDE_NUMBERS, figure_words::HIDE_METHOD)
        );
        reduce(&mut state, Action::ToggleMethod(Figure::Lens.into()));
        assert_eq!(
            labels(&state),
            (figure_words::HIDE_NUMBERS, figure_words::SHOW_METHOD)
        );
    }

    #[test]
    fn saving_numbers_needs_no_drawing() {
        let mut state = State::default();
        state.room.show(run(&["a", " b"]), Some(pattern(2)));
        let effects = reduce(&mut state, Action::Save(Figure::Next.into(), Format::Csv));
        let [Effect::Save(wish)] = effects.as_slice() else {
            panic!("expected a file, got {effects:?}");
        };
        assert_eq!(wish.name, "headlight-attention-next-stories.csv");
        assert_eq!(wish.content, Content::NumbersOf(Figure::Next));
        let numbers = files::numbers(&state, Figure::Next).unwrap();
        let text = numbers.file(wish.format).unwrap();
        assert!(text.starts_with("id,token,probability\r\n9,"), "{text}");
        assert_eq!(numbers.file(Format::Svg), None);
    }

    #[test]
    fn a_figure_without_numbers_says_so() {
        let mut state = State::default();
        let effects = reduce(&mut state, Action::Save(Figure::Lens.into(), Format::Png));
        assert_eq!(effects, []);
        assert_eq!(state.notices, [figure_words::NOTHING_TO_SAVE]);
    }
}
