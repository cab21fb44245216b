use expect_test::expect_file;
use headlight_activations::CutToken;
use headlight_figure::{Gesture, LIGHT, Shared, Target, svg};
use headlight_language::{TrueToken, Truth};

use super::*;
use crate::answers::run::{UneditedRun, tests::run};

const PROBS: [f64; 10] = [0.42, 0.2, 0.11, 0.07, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0004];
const TEXTS: [&str; 10] = [
    " They",
    " ball",
    "\n",
    " incomprehensible",
    ".",
    "<|end|>",
    " \u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "<b>",
    " ",
    " red",
];

/// Ten tokens, of which the language knows the first two.
fn known() -> (Run, ShownTruth) {
    let mut run = run(&["Lily", " ran"]);
    let token = |(id, (text, prob)): (u32, (&str, f64))| WeightedToken {
        id,
        text: text.to_owned(),
        prob,
    };
    run.next = (0..).zip(TEXTS.into_iter().zip(PROBS)).map(token).collect();
    let token = |(id, prob)| TrueToken {
        id,
        text: String::new(),
        prob,
    };
    let truth = Truth {
        nll: vec![None; 2],
        next: [(0, 0.6), (1, 0.4)].map(token).to_vec(),
        impossible: None,
    };
    (run, ShownTruth::Known(Shared::new(truth)))
}

/// What a temperature that keeps the probabilities and a cut after `n_kept` leave.
fn cuts(run: &Run, n_kept: usize, heat: f64) -> Cuts {
    let token = |(rank, token): (usize, &WeightedToken)| CutToken {
        id: token.id,
        text: token.text.clone(),
        prob: token.prob,
        heated: token.prob * heat,
        drawn: if rank < n_kept { token.prob } else { 0.0 },
    };
    Cuts {
        tokens: run.next.iter().enumerate().map(token).collect(),
        n_kept,
        d_vocab: 1338,
        mass_kept: 0.8,
    }
}

fn list<'a>(run: &'a Run, truth: &'a ShownTruth, cuts: Option<&'a Cuts>) -> NextList<'a> {
    NextList {
        run,
        truth,
        cuts,
        sampling: Sampling::default(),
        chosen: Some(0),
    }
}

fn file(list: &NextList<'_>, width: f64) -> String {
    let table = Table::new("", &[], Vec::new());
    let figure = list.figure(width - 48.0, table, "Headlight".to_owned());
    svg(&figure.unwrap(), &LIGHT, width).replace("><", ">\n<")
}

fn gesture(kind: GestureKind, what: &'static str, at: usize) -> Gesture {
    Gesture {
        target: Some(Target { what, at }),
        ..Gesture::new(kind)
    }
}

#[test]
fn the_figure_is_what_it_was() {
    let (run, truth) = known();
    let all = cuts(&run, 1338, 1.0);
    let shown = file(&list(&run, &truth, Some(&all)), 400.0);
    expect_file!["snapshots/next.svg"].assert_eq(&shown);
    let few = cuts(&run, 4, 0.8);
    let cut = NextList {
        sampling: Sampling {
            temperature: 1.4,
            top_p: 0.8,
            ..Sampling::default()
        },
        ..list(&run, &ShownTruth::None, Some(&few))
    };
    expect_file!["snapshots/next.cut.svg"].assert_eq(&file(&cut, 400.0));
}

#[test]
fn marks_of_the_whole_model_have_a_legend() {
    let (mut run, truth) = known();
    run.clean = Some(Box::new(UneditedRun {
        prob_of_next: PROBS.iter().rev().copied().collect(),
        ..UneditedRun::default()
    }));
    let file = file(&list(&run, &truth, None), 400.0);
    assert!(file.contains(words::THE_WHOLE) && file.contains(words::THE_REST));
    assert_eq!(file.matches("\"mark-whole\"").count(), 1 + PROBS.len());
    assert_eq!(file.matches("\"mark-truth\"").count(), 1 + 2);
}

#[test]
fn where_the_language_is_awaited_it_has_its_column_already() {
    let (run, truth) = known();
    let of = |truth| list(&run, truth, None).drawing(400.0);
    let (awaited, size) = of(&ShownTruth::Awaited);
    assert_eq!(size, of(&truth).1);
    assert!(format!("{awaited:?}").contains(words::TRUTH_COLUMN));
    let (alone, size) = of(&ShownTruth::None);
    assert!(!format!("{alone:?}").contains(words::TRUTH_COLUMN));
    assert_eq!(size.height, expected_height(400.0, false, false));
}

#[test]
fn a_file_has_nothing_to_take_hold_of_and_no_line_where_nothing_is_cut() {
    let (run, truth) = known();
    let of = |n_kept| {
        let cuts = cuts(&run, n_kept, 1.0);
        let list = list(&run, &truth, Some(&cuts));
        (format!("{:?}", list.drawing(400.0).0), file(&list, 400.0))
    };
    let (drawn, file) = of(1338);
    assert!(drawn.contains("handle-grip") && drawn.contains("listbox"));
    for operated in ["handle", "cut-line", "listbox", "tabindex", "aria-selected"] {
        assert!(!file.contains(operated), "{operated}");
    }
    assert!(of(4).1.contains("\"cut-line\""));
}

#[test]
fn one_row_alone_is_a_stop_of_the_keyboard() {
    let (run, truth) = known();
    for (chosen, id) in [(Some(3), 3), (Some(99), 0), (None, 0)] {
        let list = NextList {
            chosen,
            ..list(&run, &truth, None)
        };
        let drawn = format!("{:?}", list.drawing(400.0).0);
        let stop = "name: \"tabindex\", value: Text(\"0\")";
        assert_eq!(drawn.matches(stop).count(), 1);
        let before = drawn.split(stop).next().unwrap();
        assert!(before.contains(&format!("\"next-{id}\"")));
        assert!(!before.contains(&format!("\"next-{}\"", id + 1)));
    }
}

#[test]
fn clicks_choose_and_append_and_keys_move() {
    let (run, truth) = known();
    let list = list(&run, &truth, None);
    let act = |kind, at, key: &str| {
        let value = key.to_owned();
        let gesture = gesture(kind, NEXT, at);
        list.on_gesture(&Gesture { value, ..gesture }, 400.0)
    };
    let (choose, append) = (AttentionAction::Choose, AttentionAction::Append);
    assert_eq!(act(GestureKind::Click, 2, ""), Some(choose(2)));
    assert_eq!(act(GestureKind::DoubleClick, 2, ""), Some(append(2)));
    assert_eq!(act(GestureKind::Key, 2, "Enter"), Some(append(2)));
    assert_eq!(act(GestureKind::Key, 2, "ArrowUp"), Some(choose(1)));
    assert_eq!(act(GestureKind::Key, 9, "ArrowDown"), Some(choose(9)));
    assert_eq!(act(GestureKind::Key, 2, "Tab"), None);
    assert_eq!(act(GestureKind::Click, 10, ""), None);
}

#[test]
fn the_line_of_the_cut_is_dragged_to_a_row() {
    let (run, truth) = known();
    let cuts = cuts(&run, 1338, 1.0);
    let of = |top_k| NextList {
        sampling: Sampling {
            top_k,
            ..Sampling::default()
        },
        ..list(&run, &truth, Some(&cuts))
    };
    let top = of(0).layout(400.0).rows.top;
    let dragged = |list: NextList<'_>, y: f64| {
        let gesture = gesture(GestureKind::Drag, CUT, 0);
        list.on_gesture(
            &Gesture {
                y: top + y,
                ..gesture
            },
            400.0,
        )
    };
    let set = |sampling| Some(AttentionAction::SetSampling(sampling));
    let halved = Sampling {
        top_p: 0.42,
        ..Sampling::default()
    };
    assert_eq!(dragged(of(0), PITCH), set(halved));
    assert_eq!(dragged(of(0), 100.0 * PITCH), None, "it is there already");
    let three = Sampling {
        top_k: 3,
        ..Sampling::default()
    };
    assert_eq!(dragged(of(5), 3.1 * PITCH), set(three));
    assert!(takes_hold(&gesture(GestureKind::Down, CUT, 0)));
    assert!(!takes_hold(&gesture(GestureKind::Down, NEXT, 0)));
    assert_eq!(
        list(&run, &truth, None).on_gesture(&gesture(GestureKind::Drag, NEXT, 0), 400.0),
        None
    );
}
