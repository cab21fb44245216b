//! Query and key of the selected cell, while the scores of a row are looked at.

use crate::rooms::attention::action::AttentionAction;
use headlight_activations::QueryKey;

use super::*;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::figures::steps::RowStep;

/// The cells whose query and key are asked for.
fn cells(effects: &[Effect]) -> Vec<(RunId, QueryKey)> {
    let cell = |(run, detail)| match detail {
        Detail::QueryKey {
            layer,
            head,
            query,
            key,
        } => {
            let found = QueryKey {
                layer,
                head,
                query,
                key,
                scale: 0.5,
                q: vec![1.0; 4],
                k: vec![2.0; 4],
            };
            Some((run, found))
        }
        _ => None,
    };
    details(effects).into_iter().filter_map(cell).collect()
}

fn at(cells: &[(RunId, QueryKey)]) -> Vec<(usize, usize)> {
    cells.iter().map(|(_, it)| (it.query, it.key)).collect()
}

/// A page that shows one head of four tokens.
fn with_pattern() -> State {
    let mut state = live("");
    let n = state.frame.subject.seq_len();
    let whole = pattern(n);
    let rows = (0..n).flat_map(|query| whole.row(query).to_vec()).collect();
    let own = Pattern::new(state.frame.subject.head, n, rows, vec![1.0; n]).unwrap();
    state.attention.keep(&state.frame.subject, own);
    state
}

#[test]
fn a_cell_is_asked_about_once_and_only_where_its_product_is_seen() {
    let mut state = with_pattern();
    assert!(cells(&reduce(&mut state, AttentionAction::SelectCell(2, 1))).is_empty());
    let asked = cells(&reduce(&mut state, AttentionAction::SetView(View::Steps)));
    assert_eq!(at(&asked), [(2, 1)]);
    let hovered = reduce(&mut state, AttentionAction::Hover(Some((1, 0))));
    assert!(cells(&hovered).is_empty(), "the same cell");
    assert_eq!(
        at(&cells(&reduce(
            &mut state,
            AttentionAction::SelectCell(2, 0)
        ))),
        [(2, 0)]
    );
    reduce(&mut state, AttentionAction::SetStep(RowStep::Mask));
    assert!(cells(&reduce(&mut state, AttentionAction::SelectCell(2, 2))).is_empty());
    let back = reduce(&mut state, AttentionAction::SetStep(RowStep::Scores));
    assert_eq!(at(&cells(&back)), [(2, 2)]);
}

#[test]
fn an_answer_about_another_cell_is_not_shown() {
    let mut state = with_pattern();
    reduce(&mut state, AttentionAction::SelectCell(2, 1));
    let asked = cells(&reduce(&mut state, AttentionAction::SetView(View::Steps)));
    let (run, found) = asked[0].clone();
    let finding = Finding::QueryKey(found);
    reduce(&mut state, said(1, Message::Found { run, finding }));
    assert!(state.attention.query_key(&state.frame.subject).is_some());
    assert!(
        attention::tables::TableSource::new(
            &state.attention,
            &state.frame,
            AttentionFigure::Product
        )
        .is_some()
    );
    reduce(&mut state, AttentionAction::SelectCell(2, 0));
    assert_eq!(state.attention.query_key(&state.frame.subject), None);
    reduce(&mut state, AttentionAction::SelectCell(2, 1));
    assert!(
        state.attention.query_key(&state.frame.subject).is_some(),
        "it is still the one"
    );
}

#[test]
fn several_heads_have_no_product() {
    let mut state = with_pattern();
    reduce(&mut state, AttentionAction::SetView(View::Steps));
    assert!(
        state
            .attention
            .multiplied_cell(&state.frame.subject)
            .is_some()
    );
    reduce(
        &mut state,
        AttentionAction::ToggleHead(Head { layer: 0, head: 1 }),
    );
    assert_eq!(state.attention.multiplied_cell(&state.frame.subject), None);
}
