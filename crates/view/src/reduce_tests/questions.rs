//! What is asked about a run, and which answers are shown.

use super::*;

#[test]
fn a_run_is_asked_about_in_the_order_in_which_it_is_looked_at() {
    let mut state = live("");
    let run = run_prompt(&mut state, "Tom ran");
    let effects = answered(&mut state, run, two_next(&["Tom", " ran"]));
    let kinds: Vec<DetailKind> = details(&effects).iter().map(|(_, d)| d.kind()).collect();
    use DetailKind::{Attribution, Cuts, Lens, Thumbnails};
    assert_eq!(kinds, [Cuts, Thumbnails, Lens, Attribution]);
}

#[test]
fn the_surprise_of_a_run_that_came_without_it_is_asked_for_and_shown() {
    let mut state = live("");
    let id = run_prompt(&mut state, "Tom ran");
    let mut late = two_next(&["Tom", " ran"]);
    late.nll = vec![None; 2];
    late.perplexity = None;
    let asked = details(&answered(&mut state, id, late));
    let (ask, _) = asked
        .iter()
        .find(|(_, of)| *of == Detail::Surprise)
        .unwrap();
    let shown = headlight_activations::Surprise::after_the_first(&[0.5]);
    let finding = Finding::Surprise {
        shown: shown.clone(),
        clean: None,
    };
    reduce(&mut state, said(1, Message::Found { run: *ask, finding }));
    let run = state.frame.subject.run.as_ref().unwrap();
    assert_eq!((&run.nll, run.perplexity), (&shown.nll, shown.perplexity));
    assert_eq!(run.id, id.0);
}

#[test]
fn an_answer_about_an_older_run_is_never_shown() {
    let mut state = live("");
    let first = details(&reduce(
        &mut state,
        AttentionAction::SetSampling(Sampling {
            top_k: 3,
            ..Sampling::default()
        }),
    ));
    let (old, _) = first[0].clone();
    run_prompt(&mut state, "Tom");
    let cuts = headlight_activations::Cuts {
        tokens: Vec::new(),
        n_kept: 3,
        d_vocab: 9,
        mass_kept: 0.5,
    };
    let late = Message::Found {
        run: old,
        finding: Finding::Cuts(cuts),
    };
    reduce(&mut state, said(1, late));
    assert_eq!(state.attention.details.cuts, None);
}

#[test]
fn a_long_prompt_is_asked_for_in_parts() {
    let mut state = live("");
    let words = vec![" x"; 600];
    let run = run_prompt(&mut state, &"x".repeat(600));
    let asked = details(&answered(&mut state, run, two_next(&words)));
    let overview = asked.iter().find_map(|(run, detail)| match detail {
        Detail::Tile {
            part: TilePart::Overview,
            queries,
            pool,
            ..
        } => Some((*run, queries.clone(), *pool)),
        _ => None,
    });
    let (run, queries, pool) = overview.unwrap();
    assert_eq!((queries, pool), (0..600, 3));
    let heads = asked.iter().find_map(|(_, detail)| match detail {
        Detail::Thumbnails { heads, .. } => Some(heads.clone()),
        _ => None,
    });
    assert_eq!(heads, Some(0..1), "the atlas comes in pieces");
    let Head { layer, head } = state.frame.subject.head;
    let tile = Tile {
        layer,
        head,
        queries: 0..600,
        keys: 0..600,
        pool: 3,
        weights: vec![0.5; 200 * 200],
        lse: vec![1.0; 600],
    };
    let found = Message::Found {
        run,
        finding: Finding::Tile(tile),
    };
    let asked = details(&reduce(&mut state, said(1, found)));
    assert!(
        matches!(&asked[0].1, Detail::Tile { part: TilePart::Row, queries, .. } if *queries == (599..600)),
        "{asked:?}"
    );
    assert!(
        state.attention.sentence(&state.frame.subject).is_none(),
        "the row has not come"
    );
    assert_eq!(
        state.attention.why_no_steps(&state.frame),
        attention_words::STEPS_UNDER_WAY
    );
    let asked = details(&reduce(&mut state, AttentionAction::ToggleRow(7)));
    let run = asked[0].0;
    let row = |query: usize| Tile {
        layer,
        head,
        queries: query..query + 1,
        keys: 0..600,
        pool: 1,
        weights: vec![1.0 / 600.0; 600],
        lse: vec![1.0],
    };
    let found = |run, query| Message::Found {
        run,
        finding: Finding::Tile(row(query)),
    };
    let asked = details(&reduce(&mut state, said(1, found(run, 599))));
    let (run, Detail::Tile { queries, .. }) = &asked[0] else {
        panic!("{asked:?}");
    };
    assert_eq!(*queries, 7..8, "the row that is selected beside it");
    reduce(&mut state, said(1, found(*run, 7)));
    assert!(state.attention.sentence(&state.frame.subject).is_some());
}

#[test]
fn what_was_recorded_is_not_shown_as_the_answer_to_another_question() {
    let cuts = || crate::answers::details::Cuts {
        tokens: Vec::new(),
        n_kept: 9,
        d_vocab: 9,
        mass_kept: 1.0,
    };
    let attribution = |token, against| crate::answers::details::Attribution {
        token,
        against,
        logit_difference: 1.0,
        components: Vec::new(),
        sum: 1.0,
    };
    let recorded = |link: &str| {
        let mut state = State::default();
        reduce(&mut state, Action::Opened(link.to_owned()));
        let run = Run {
            id: 0,
            ..two_next(&["Tom", " ran"])
        };
        state.attention.show(&mut state.frame.subject, run, None);
        let details = &mut state.attention.details;
        details.cuts = Some(headlight_figure::Shared::new(cuts()));
        details.attribution = Some(headlight_figure::Shared::new(attribution(9, 4)));
        attention::ask::drop_answers_to_other_questions(&mut state.attention, &state.frame.subject);
        state
    };
    let has = |state: &State| {
        let details = &state.attention.details;
        (details.cuts.is_some(), details.attribution.is_some())
    };
    let mut usual = recorded("#/attention");
    assert_eq!(has(&usual), (true, true));
    assert_eq!(has(&recorded("#/attention?temperature=1.5")), (false, true));
    assert_eq!(
        has(&recorded("#/attention?token=4&against=9")),
        (true, false)
    );
    let hot = Sampling {
        temperature: 1.5,
        ..Sampling::default()
    };
    reduce(&mut usual, AttentionAction::SetSampling(hot));
    assert_eq!(has(&usual), (false, true));
}

/// The two tokens that the newest attribution asked for compares.
fn compared(effects: &[Effect]) -> (u32, u32) {
    let asked = details(effects).into_iter().rev();
    let mut pairs = asked.filter_map(|(_, detail)| match detail {
        Detail::Attribution { token, against } => Some((token, against)),
        _ => None,
    });
    pairs.next().unwrap()
}

#[test]
fn tokens_that_were_chosen_to_be_compared_go_with_their_prompt() {
    let mut state = live("");
    let run = run_prompt(&mut state, "Tom ran");
    let effects = answered(&mut state, run, two_next(&["Tom", " ran"]));
    let usual = compared(&effects);
    let chosen = (usual.1, usual.0);
    let (token, against) = chosen;
    let compare = AttentionAction::Compare { token, against };
    assert_eq!(compared(&reduce(&mut state, compare)), chosen);
    // The same prompt with a part out is about the same two.
    let part = Part::Mlp(0);
    let effects = reduce(&mut state, AttentionAction::ToggleAblation(part));
    let (run, _) = asked_run(&effects).unwrap();
    let effects = answered(&mut state, run, two_next(&["Tom", " ran"]));
    assert_eq!(compared(&effects), chosen);
    assert!(address::fragment_of(&state).contains("&token="));
    // Another prompt is not.
    let run = run_prompt(&mut state, "Tom ran home");
    let effects = answered(&mut state, run, two_next(&["Tom", " ran", " home"]));
    assert_eq!(compared(&effects), usual);
    assert!(!address::fragment_of(&state).contains("&token="));
}

#[test]
fn tokens_that_a_link_compares_are_those_of_its_prompt() {
    let mut state = live("");
    let link = "#/attention?prompt=Tom%20ran%20home&token=9&against=4".to_owned();
    let effects = reduce(&mut state, Action::Opened(link));
    let (run, _) = asked_run(&effects).unwrap();
    let effects = answered(&mut state, run, two_next(&["Tom", " ran", " home"]));
    assert_eq!(compared(&effects), (9, 4));
}

#[test]
fn a_token_that_is_chosen_for_both_changes_places_with_the_other() {
    let mut state = live("");
    let run = run_prompt(&mut state, "Tom ran");
    let effects = answered(&mut state, run, two_next(&["Tom", " ran"]));
    let (first, second) = compared(&effects);
    for (token, against) in [(second, second), (second, second)] {
        let (before, _) = state.attention.contrast(&state.frame.subject).unwrap();
        let effects = reduce(&mut state, AttentionAction::Compare { token, against });
        let expected = if before == first {
            (second, first)
        } else {
            (first, second)
        };
        assert_eq!(compared(&effects), expected);
    }
}
