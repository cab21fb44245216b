//! Menus of figures, and figures as files.

use super::*;

#[test]
fn an_entry_of_a_menu_that_is_open_offers_to_close() {
    let mut state = State::default();
    let labels = |state: &State| {
        let entries = menu::entries(&state.frame, AttentionFigure::Next.into(), false);
        (entries[0].0, entries[entries.len() - 1].0)
    };
    let (show, hide) = (figure_words::SHOW_NUMBERS, figure_words::HIDE_NUMBERS);
    assert_eq!(labels(&state), (show, figure_words::SHOW_METHOD));
    reduce(
        &mut state,
        FrameAction::ToggleNumbers(AttentionFigure::Next.into()),
    );
    reduce(
        &mut state,
        FrameAction::ToggleMethod(AttentionFigure::Next.into()),
    );
    assert_eq!(labels(&state), (hide, figure_words::HIDE_METHOD));
    reduce(
        &mut state,
        FrameAction::ToggleMethod(AttentionFigure::Lens.into()),
    );
    assert_eq!(labels(&state), (hide, figure_words::SHOW_METHOD));
}

#[test]
fn saving_numbers_needs_no_drawing() {
    let mut state = State::default();
    let run = run(&["a", " b"]);
    state
        .attention
        .show(&mut state.frame.subject, run, Some(pattern(2)));
    let effects = reduce(
        &mut state,
        FrameAction::Save(AttentionFigure::Next.into(), Format::Csv),
    );
    let [Effect::Save(request)] = effects.as_slice() else {
        panic!("expected a file, got {effects:?}");
    };
    assert_eq!(request.name, "headlight-attention-next-stories.csv");
    assert_eq!(
        request.content,
        Content::NumbersOf(AttentionFigure::Next.into())
    );
    let numbers = attention::files::numbers(&state.attention, &state.frame, AttentionFigure::Next);
    let numbers = numbers.unwrap();
    let text = numbers.file(request.format).unwrap();
    assert!(text.starts_with("id,token,probability\r\n9,"), "{text}");
    assert_eq!(numbers.file(Format::Svg), None);
}

#[test]
fn a_figure_without_numbers_says_so() {
    let mut state = State::default();
    let effects = reduce(
        &mut state,
        FrameAction::Save(AttentionFigure::Lens.into(), Format::Png),
    );
    assert_eq!(effects, []);
    assert_eq!(state.frame.notices, [figure_words::NOTHING_TO_SAVE]);
    let unknown = FigureId("no.such");
    reduce(&mut state, FrameAction::Save(unknown, Format::Png));
    assert_eq!(state.frame.notices, [figure_words::NOTHING_TO_SAVE]);
}
