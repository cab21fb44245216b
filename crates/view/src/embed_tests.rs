//! What a link of an embedded figure carries and shows.

use headlight_figure::{Gesture, GestureKind, Shared, Target};

use super::*;
use crate::answers::details::HeadInputs;
use crate::answers::recording::Recording;
use crate::answers::run::Token;
use crate::answers::run::tests::{pattern, run};
use crate::frame::embed_data::PayloadWriter;
use crate::rooms::flash::Algorithm;
use crate::rooms::flash::RecordedHead;

const WIDTH: f64 = 640.0;

/// The page with a prompt of `n` tokens and its pattern.
fn page(n: usize) -> State {
    let mut state = State::default();
    let subject = &mut state.frame.subject;
    subject.head = pattern(n).head();
    state
        .attention
        .show(subject, run(&vec![" x"; n]), Some(pattern(n)));
    state.frame.shown_model = Some("stories".to_owned());
    state
}

/// The Flash room with a head of `n` rows.
fn stage(n: usize) -> State {
    let mut state = page(n);
    let values = |shift: f32| {
        (0..n * 4)
            .map(|at| ((at as f32) * 0.7 + shift).sin())
            .collect()
    };
    let inputs = HeadInputs {
        layer: 1,
        head: 2,
        seq_len: n,
        d_head: 4,
        scale: 0.5,
        q: values(0.0),
        k: values(1.0),
        v: values(2.0),
    };
    state.flash.show_head(inputs, None, false);
    state
}

/// Opens a link as the module of its room does.
fn open(fragment: &str) -> Result<Opening, String> {
    match fragment.starts_with("#/flash") {
        true => open_flash(fragment),
        false => open_attention(fragment),
    }
}

fn figure(fragment: &str) -> Box<dyn Embedded> {
    match open(fragment) {
        Ok(Opening::Ready(figure)) => figure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_map_that_a_link_carries_is_the_pages_but_for_rounding() {
    let state = page(9);
    let link = link_of(&state, AttentionFigure::Pattern.into()).unwrap();
    let (_, data) = link.fragment.split_once("&data=").unwrap();
    let shown = attention::EmbeddedPattern::of_data(data, &Pairs::default()).unwrap();
    let own = pattern(9);
    for query in 0..9 {
        for key in 0..9 {
            let gap = (shown.weight(query, key) - own.weight(query, key)).abs();
            assert!(gap <= 0.000_02, "{query} {key}: {gap}");
        }
    }
    let mut figure = figure(&link.fragment);
    assert!(figure.credit().contains("16 bits"), "{}", figure.credit());
    assert!(figure.drawing(WIDTH).is_some());
    assert!(!link.page_fragment.contains("data="));
    assert!(!page_fragment(&link.fragment).contains("data="));
}

#[test]
fn a_row_is_selected_in_the_embedded_map_and_asks_nobody() {
    let link = link_of(&page(9), AttentionFigure::Pattern.into()).unwrap();
    let mut figure = figure(&link.fragment);
    let before = figure.spoken();
    let mut key = Gesture::new(GestureKind::Key);
    "ArrowUp".clone_into(&mut key.value);
    assert!(figure.on_gesture(&key, WIDTH));
    assert_ne!(figure.spoken(), before);
    assert!(!figure.on_gesture(&Gesture::new(GestureKind::Wheel), WIDTH));
    assert!(!figure.is_playing());
}

#[test]
fn the_stage_that_a_link_carries_plays_steps_and_is_scrubbed() {
    let state = stage(12);
    let link = link_of(&state, FlashFigure::Stage.into()).unwrap();
    let mut figure = figure(&link.fragment);
    assert!(figure.credit().contains("16-bit"));
    let mut gesture = Gesture::new(GestureKind::Input);
    gesture.target = Some(Target {
        what: "scrub",
        at: 0,
    });
    "3".clone_into(&mut gesture.value);
    assert!(figure.on_gesture(&gesture, WIDTH));
    let third = figure.sentence();
    let mut key = Gesture::new(GestureKind::Key);
    "ArrowRight".clone_into(&mut key.value);
    assert!(figure.on_gesture(&key, WIDTH));
    assert_ne!(figure.sentence(), third);
    " ".clone_into(&mut key.value);
    assert!(figure.on_gesture(&key, WIDTH) && figure.is_playing());
    let playing = figure.sentence();
    for _ in 0..8 {
        figure.tick(250.0);
    }
    assert_ne!(figure.sentence(), playing);
    figure.pause();
    assert!(!figure.is_playing());
}

#[test]
fn random_numbers_need_no_data_and_no_recording() {
    let mut state = stage(12);
    state.flash.source = crate::rooms::flash::DataSource::Random {
        n: 6,
        d: 2,
        seed: 3,
    };
    state.flash.options.algorithm = Algorithm::Fa1;
    let link = link_of(&state, FlashFigure::Stage.into()).unwrap();
    assert!(link.fragment.contains("data=random") && link.fragment.contains("algorithm=fa1"));
    assert!(figure(&link.fragment).credit().contains("no model"));
    assert!(page_fragment(&link.fragment).contains("data=random"));
}

#[test]
fn a_link_without_numbers_waits_for_the_recording_of_its_model() {
    for (fragment, url) in [
        ("#/attention?v=1", "recorded-embeds/stories.attention.txt"),
        (
            "#/flash?v=1&model=induction",
            "recorded-embeds/induction.flash.txt",
        ),
    ] {
        let Ok(Opening::Awaited(awaited)) = open(fragment) else {
            panic!("{fragment}");
        };
        assert_eq!(awaited.url(), url);
        let said = awaited.with("{}").map(|_| ()).unwrap_err();
        assert!(said.contains("base64url"), "{said}");
    }
}

#[test]
fn what_is_no_embedded_figure_is_one_sentence() {
    for (fragment, part) in [
        ("#/moon?v=1", "no figure at `#/moon?v=1`"),
        ("#/attention?v=9", "no figure at"),
        ("#/attention?v=1&figure=attention.lens", "attention.pattern"),
        ("#/attention?v=1&model=../../etc", "model"),
        ("#/attention?v=1&data=AAAA", "damaged"),
        ("#/attention?v=1&prompt=Lily&layer=1", "carries no numbers"),
        ("#/flash?v=1&amp;step=3", "escaped twice"),
        ("#/flash?v=1&data=random&algorithm=fa9", "fa9"),
        ("#/flash?v=1&data=%F0%9F", "base64url"),
        ("#/flash?v=1&data=typed&numbers=x", "Line 1"),
    ] {
        let said = open(fragment).map(|_| ()).unwrap_err();
        assert!(said.contains(part), "{fragment}: {said}");
    }
    let long = link_of(&page(257), AttentionFigure::Pattern.into()).unwrap_err();
    assert!(long.contains("257"), "{long}");
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let said = |payload: PayloadWriter, room: &str| {
        let link = format!("#/{room}?v=1&data={}", payload.pack().unwrap());
        open(&link).map(|_| ()).unwrap_err()
    };
    let tokens = |n: usize| {
        let token = Token {
            id: 1,
            text: "x".to_owned(),
        };
        vec![token; n]
    };
    let map = |n_tokens: usize, n_bytes: usize| {
        let mut payload = PayloadWriter::default();
        payload.put_text("m");
        payload.put_number(0);
        payload.put_number(0);
        payload.put_tokens(&tokens(n_tokens));
        payload.put_bytes(vec![0; n_bytes]);
        said(payload, "attention")
    };
    assert!(map(3, 5).contains("5 bytes of weights, expected 12"));
    assert!(map(0, 0).contains("this one has 0"));
    assert!(map(300, 0).contains("this one has 300"));
    let stage = |n: usize, n_tokens: usize, bytes: &[u8]| {
        let mut payload = PayloadWriter::default();
        payload.put_text("m");
        for number in [0, 0, n, 2] {
            payload.put_number(number);
        }
        payload.put_float(1.0);
        payload.put_tokens(&tokens(n_tokens));
        payload.put_bytes(bytes.iter().copied());
        said(payload, "flash")
    };
    assert!(stage(2, 0, &[0; 5]).contains("5 bytes of q, k and v, expected 24"));
    assert!(stage(usize::MAX, 0, &[0; 5]).contains("5 bytes"));
    assert!(stage(2, 1, &[0; 24]).contains("1 tokens for 2 rows"));
    // Sixteen bits that are no number.
    let said = stage(2, 0, &[0xff, 0x7f].repeat(12));
    assert!(said.contains("finite") || said.contains("NaN"), "{said}");
}

/// The files of the site are what the page would put into a link for its recorded run;
/// `UPDATE_EXPECT=1` writes them anew.
#[test]
fn the_sites_own_figures_are_those_of_the_recorded_runs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let recording = Recording::parse(&read("recorded/stories.json")).unwrap();
    let head = RecordedHead::parse(&read("recorded-heads/stories.json")).unwrap();
    let mut state = State::default();
    state.frame.shown_model = Some(recording.model);
    let subject = &mut state.frame.subject;
    subject.head = recording.pattern.head();
    state.flash.show_head(head.inputs, None, true);
    state.flash.tokens = Some(Shared::new(recording.run.tokens.clone()));
    state
        .attention
        .show(subject, recording.run, Some(recording.pattern));
    let text = |figure| {
        let link = link_of(&state, figure).unwrap();
        let (_, data) = link.fragment.split_once("&data=").unwrap();
        format!("{data}\n")
    };
    let expected = expect_test::expect_file!["../../../web/recorded-embeds/stories.attention.txt"];
    expected.assert_eq(&text(AttentionFigure::Pattern.into()));
    let expected = expect_test::expect_file!["../../../web/recorded-embeds/stories.flash.txt"];
    expected.assert_eq(&text(FlashFigure::Stage.into()));
}

#[test]
fn the_longest_prompt_of_weights_without_order_fits_a_link() {
    let n = 256;
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    let mut weights = vec![0.0; n * n];
    for query in 0..n {
        let row = &mut weights[query * n..=query * n + query];
        row.iter_mut().for_each(|weight| *weight = noise());
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|weight| *weight /= sum);
    }
    let mut page = page(n);
    let head = page.frame.subject.head;
    let pattern = crate::answers::run::Pattern::new(head, n, weights, vec![0.0; n]);
    let subject = &mut page.frame.subject;
    page.attention
        .show(subject, run(&vec![" word"; n]), pattern.ok());
    let link = link_of(&page, AttentionFigure::Pattern.into());
    assert!(link.is_ok(), "{link:?}");
}
