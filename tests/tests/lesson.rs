//! What the lesson claims of the shipped models: its numbers are computed on the
//! page, its ideas must hold here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod shipped;

use headlight_activations::{Edit, HeadScores};
use headlight_engine::{HeadPattern, HeadRef, LastRun, Loaded, RunAnswer};
use headlight_model::Unhurried;
use headlight_view::answers::head::Head;
use headlight_view::frame::ablation::{Ablation, Filler, Part};
use headlight_view::frame::defaults::DEFAULT_HEAD;
use headlight_view::frame::defaults::DEFAULT_PROMPT;
use headlight_view::rooms::attention::lesson::MOSTLY_FROM;
use shipped::load;

/// Next tokens that are listed.
const TOP: usize = 20;

fn run(loaded: &Loaded, prompt: &str, edits: &[Edit]) -> (RunAnswer, LastRun) {
    pollster::block_on(loaded.run(prompt, TOP, edits, None, &Unhurried)).unwrap()
}

fn pattern(loaded: &Loaded, last: &LastRun, layer: usize, head: usize) -> HeadPattern {
    pollster::block_on(loaded.pattern(last, HeadRef { layer, head })).unwrap()
}

fn all_patterns(loaded: &Loaded, last: &LastRun) -> Vec<HeadPattern> {
    let shape = &loaded.model.architecture.shape;
    let heads = (0..shape.n_layers).flat_map(|l| (0..shape.n_heads).map(move |h| (l, h)));
    heads.map(|(l, h)| pattern(loaded, last, l, h)).collect()
}

/// The weights of the last row.
fn last_row(pattern: &HeadPattern) -> &[f32] {
    &pattern.pattern[pattern.seq_len * (pattern.seq_len - 1)..]
}

/// The two keys with most weight, first the stronger.
fn two_strongest(row: &[f32]) -> (usize, usize) {
    let mut keys: Vec<usize> = (0..row.len()).collect();
    keys.sort_by(|a, b| row[*b].total_cmp(&row[*a]));
    (keys[0], keys[1])
}

/// The heads that look from the last row mostly at `key`.
fn looking_at(patterns: &[HeadPattern], key: usize) -> Vec<Head> {
    let there = patterns
        .iter()
        .filter(|it| last_row(it)[key] >= MOSTLY_FROM);
    let head_of = |it: &HeadPattern| Head {
        layer: it.head.layer,
        head: it.head.head,
    };
    there.map(head_of).collect()
}

fn probability(answer: &RunAnswer, id: u32) -> f64 {
    let listed = answer.next.iter().find(|next| next.id == id);
    // What is not listed is less probable than all that is.
    listed.map_or(answer.next.last().unwrap().prob, |next| next.prob)
}

/// Steps "Who looks at whom?" to "How do scores become weights?".
#[test]
fn the_first_head_looks_clearly_at_the_answer() {
    let loaded = load("stories");
    let (answer, last) = run(&loaded, DEFAULT_PROMPT, &[]);
    assert!(answer.tokens[0].text.starts_with("<|"), "nobody types this");
    let own = pattern(&loaded, &last, DEFAULT_HEAD.layer, DEFAULT_HEAD.head);
    let row = last_row(&own);
    let (best, second) = two_strongest(row);
    assert_eq!(
        answer.tokens[best].id, answer.next[0].id,
        "what is said next"
    );
    assert!(row[best] >= MOSTLY_FROM, "{}", row[best]);
    let lead = (row[best] / row[second]).ln();
    assert!(lead > 1.0, "{lead:.2} points ahead");
    let n = answer.tokens.len();
    assert!(best + 2 < n, "something is hidden from token {best} of {n}");
}

/// Step "What is looking good for?".
#[test]
fn without_the_heads_that_look_there_the_answer_is_lost() {
    let loaded = load("stories");
    let (clean, last) = run(&loaded, DEFAULT_PROMPT, &[]);
    let patterns = all_patterns(&loaded, &last);
    let own = pattern(&loaded, &last, DEFAULT_HEAD.layer, DEFAULT_HEAD.head);
    let (key, _) = two_strongest(last_row(&own));
    let heads = looking_at(&patterns, key);
    assert!(heads.contains(&DEFAULT_HEAD), "{heads:?}");
    let out = |head| Ablation {
        part: Part::Head(head),
        filler: Filler::Zero,
    };
    let edits: Vec<Edit> = heads.iter().map(|head| out(*head).edit()).collect();
    let (without, _) = run(&loaded, DEFAULT_PROMPT, &edits);
    let id = clean.next[0].id;
    let (before, after) = (probability(&clean, id), probability(&without, id));
    println!("{heads:?} out: {before:.4} becomes {after:.4}");
    assert!(after < before / 2.0, "{before} becomes {after}");
}

/// Step "Why are there so many heads?".
#[test]
fn some_heads_are_sharp_and_some_spread_their_weight() {
    let loaded = load("stories");
    let (_, last) = run(&loaded, DEFAULT_PROMPT, &[]);
    let patterns = all_patterns(&loaded, &last);
    let entropies = patterns
        .iter()
        .map(|it| HeadScores::of(&it.pattern, &last.tokens).entropy);
    let (least, most) = entropies.fold((f64::INFINITY, 0.0_f64), |(least, most), bits| {
        (least.min(bits), most.max(bits))
    });
    println!("{least:.2} to {most:.2} bits");
    assert!(most > 2.0 * least, "{least} to {most} bits");
}

/// Step "Can heads work together?".
#[test]
fn the_induction_example_is_found_and_said() {
    let (prompt, head) = example("induction");
    let loaded = load("induction");
    let (answer, last) = run(&loaded, &prompt, &[]);
    let ids = &last.tokens;
    let query = ids.len() - 1;
    let copy = ids[..query]
        .iter()
        .rposition(|id| *id == ids[query])
        .unwrap();
    let own = pattern(&loaded, &last, head.layer, head.head);
    let weight = last_row(&own)[copy + 1];
    assert!(weight >= MOSTLY_FROM, "{weight} on what followed");
    assert_eq!(answer.next[0].id, ids[copy + 1]);
    // A head of an earlier layer looks at the token before.
    let before = all_patterns(&loaded, &last)
        .iter()
        .filter(|it| it.head.layer < head.layer)
        .filter_map(|it| HeadScores::of(&it.pattern, ids).over_targets.previous)
        .fold(0.0, f64::max);
    assert!(before >= 0.5, "{before} on the token before");
}

/// The prompt and the head of a model's card.
fn example(name: &str) -> (String, Head) {
    let card = std::fs::read_to_string(format!("../models/{name}/README.md")).unwrap();
    let key = |key: &str| {
        let line = card.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap().trim().to_owned()
    };
    let head = key("head:");
    let (layer, head) = head.split_once('.').unwrap();
    let head = Head {
        layer: layer.parse().unwrap(),
        head: head.parse().unwrap(),
    };
    (key("prompt:"), head)
}
