//! models/stories against the language it was trained on.

mod shipped;

use headlight_engine::HeadRef;
use headlight_language::{Oracle, Purpose, Stories, Truth};
use headlight_model::Unhurried;
use headlight_view::frame::defaults::DEFAULT_HEAD;
use headlight_view::frame::defaults::DEFAULT_PROMPT;
use shipped::load;

#[test]
fn the_model_speaks_the_tokens_of_the_language() {
    let loaded = load("stories");
    for document in Stories::new(7, Purpose::Test).take(200) {
        let ids = document.tokens.iter().copied();
        // The end token has no text: it is what the model says, never the visitor.
        let body: Vec<u32> = ids.take(document.tokens.len() - 1).collect();
        let encoded = loaded.encode(&document.text);
        assert_eq!(encoded.ok(), Some(body), "{}", document.text);
    }
}

/// What a visitor sees first: a prompt of the language at whose end a place must
/// be looked up, and a head that looks there.
#[test]
fn the_first_prompt_shows_a_place_being_looked_up() {
    let loaded = load("stories");
    let at = HeadRef {
        layer: DEFAULT_HEAD.layer,
        head: DEFAULT_HEAD.head,
    };
    let run = loaded.run(DEFAULT_PROMPT, 1, &[], Some(at), &Unhurried);
    let Ok((answer, _)) = pollster::block_on(run) else {
        panic!("no answer for {DEFAULT_PROMPT:?}");
    };
    let ids: Vec<u32> = answer.tokens.iter().map(|token| token.id).collect();
    let truth = Truth::of(Oracle::stories(), &ids);
    let [certain] = &truth.next[..] else {
        panic!("{} tokens can follow", truth.next.len());
    };
    let next = &answer.next[0];
    assert_eq!(next.id, certain.id, "{:?}", next.text);
    assert!(next.prob > 0.9, "{}", next.prob);
    let pattern = answer.pattern.map(|pattern| pattern.pattern);
    let last = ids.len() - 1;
    let row = pattern.as_ref().map(|weights| &weights[last * ids.len()..]);
    let place = ids.iter().position(|&id| id == certain.id);
    let weight = row.zip(place).map(|(row, place)| row[place]);
    assert!(weight.is_some_and(|weight| weight > 0.3), "{weight:?}");
}
