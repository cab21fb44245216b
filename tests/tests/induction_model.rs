//! models/induction does what it is shipped for: one head looks at the token
//! before, another at what followed the earlier copy, and copying is learnt.

mod shipped;

use headlight_engine::{HeadRef, Loaded};
use headlight_model::Unhurried;
use shipped::load;

const SEQUENCES: u64 = 200;

/// Distinct tokens, which are written twice.
const DISTINCT: usize = 16;

const LENGTH: usize = 2 * DISTINCT;

/// Random numbers of a seed, as splitmix64 makes them.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Words of the vocabulary without a repetition, and then the same again.
#[expect(clippy::unwrap_used, reason = "every id of the vocabulary has a text")]
fn text(seed: u64, loaded: &Loaded) -> String {
    let mut state = seed;
    let mut ids: Vec<u32> = (0..loaded.model.architecture.shape.d_vocab as u32).collect();
    for i in 0..DISTINCT {
        let other = i + (random(&mut state) % (ids.len() - i) as u64) as usize;
        ids.swap(i, other);
    }
    ids.truncate(DISTINCT);
    loaded.tokenizer.decode(&ids.repeat(2)).unwrap()
}

/// The most that any head of a layer gives to one key of each query, averaged
/// over some queries of all sequences: which head, and how much.
fn best_head(patterns: &[Vec<f64>]) -> (usize, f64) {
    let n_runs = patterns.len() as f64;
    let mean = |head: usize| patterns.iter().map(|run| run[head]).sum::<f64>() / n_runs;
    let heads = (0..patterns[0].len()).map(|head| (head, mean(head)));
    heads.fold(
        (0, 0.0),
        |best, head| if head.1 > best.1 { head } else { best },
    )
}

#[test]
fn heads_look_back_and_copying_is_learnt() {
    let loaded = load("induction");
    let n_heads = loaded.model.architecture.shape.n_heads;
    let (mut previous, mut induction) = (Vec::new(), Vec::new());
    let (mut first_half, mut second_half) = (Vec::new(), Vec::new());
    for seed in 0..SEQUENCES {
        let text = text(seed, &loaded);
        let run = pollster::block_on(loaded.run(&text, 0, &[], None, &Unhurried));
        let Ok((answer, kept)) = run else {
            panic!("no answer for {text:?}");
        };
        assert_eq!(answer.tokens.len(), LENGTH, "{text:?}");
        let weight = |layer, back: usize, first_query: usize| -> Vec<f64> {
            let of_head = |head| {
                let at = HeadRef { layer, head };
                let Ok(found) = pollster::block_on(loaded.pattern(&kept, at)) else {
                    panic!("no pattern of layer {layer} head {head}");
                };
                let weights = (first_query..LENGTH)
                    .map(|query| f64::from(found.pattern[query * LENGTH + query - back]));
                weights.sum::<f64>() / (LENGTH - first_query) as f64
            };
            (0..n_heads).map(of_head).collect()
        };
        previous.push(weight(0, 1, 1));
        // One less than the distance of the copies: what came after the earlier one.
        induction.push(weight(1, DISTINCT - 1, DISTINCT));
        let nll: Vec<f64> = answer.nll.iter().flatten().copied().collect();
        // nll[i] is that of token i + 1; the second copy's first token cannot be known.
        first_half.extend_from_slice(&nll[..DISTINCT - 1]);
        second_half.extend_from_slice(&nll[DISTINCT..]);
    }
    let (previous, induction) = (best_head(&previous), best_head(&induction));
    let mean = |nats: &[f64]| nats.iter().sum::<f64>() / nats.len() as f64;
    let (first, second) = (mean(&first_half), mean(&second_half));
    println!(
        "previous token: layer 0 head {} with {:.3}",
        previous.0, previous.1
    );
    println!(
        "induction: layer 1 head {} with {:.3}",
        induction.0, induction.1
    );
    println!("loss: {first:.3} nats in the first half, {second:.3} in the second");
    assert!(previous.1 >= 0.8, "{previous:?} of layer 0");
    assert!(induction.1 >= 0.8, "{induction:?} of layer 1");
    // An even guess among 64 is 4.16 nats, so a first half far below means that
    // the test gives something away.
    assert!(first > 3.9, "{first:.3} nats");
    assert!(second < first / 10.0, "{second:.3} nats against {first:.3}");
}
