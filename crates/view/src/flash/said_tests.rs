//! What is said at a step is true of the numbers at that step.

use headlight_flash::{Algorithm, EventKind};

use super::stage::scene;
use super::{FlashRoom, Moment, Options, Player, Source, Tiles};

/// Sixteen random rows in tiles of four by four.
fn options(algorithm: Algorithm) -> Options {
    Options {
        algorithm,
        tiles: Tiles::Blocks(4, 4),
        ..Options::default()
    }
}

fn player(options: Options) -> Player {
    Player::new(&FlashRoom {
        options,
        source: Source::Random {
            n: 16,
            d: 8,
            seed: 1,
        },
        ..FlashRoom::default()
    })
    .unwrap()
}

/// All steps of a kind.
fn moments(player: &Player, kind: EventKind) -> Vec<Moment> {
    let all = (0..=player.schedule().n_events()).map(|step| player.moment(step).unwrap());
    all.filter(|moment| moment.kind() == Some(kind)).collect()
}

#[test]
fn the_weights_header_says_what_the_weights_are() {
    let headers = [
        (Algorithm::Standard, EventKind::Exp, "= exp(S − m)"),
        (
            Algorithm::Standard,
            EventKind::Normalise,
            "= exp(S − m) / l",
        ),
        (Algorithm::Standard, EventKind::Pv, "= exp(S − m) / l"),
        (Algorithm::Fa1, EventKind::Exp, "= exp(S − m̃)"),
        (Algorithm::Fa1, EventKind::Pv, "= exp(S − m̃)"),
        (Algorithm::Fa2, EventKind::Pv, "= exp(S − m)"),
    ];
    for (algorithm, kind, header) in headers {
        let player = player(options(algorithm));
        for moment in moments(&player, kind) {
            let scene = scene(&player, &moment, None, 980.0);
            assert!(scene.words.iter().any(|words| words.text == header));
            let chip = &moment.chip;
            let max = match algorithm {
                Algorithm::Fa1 => &chip.tile_m,
                _ => &chip.m,
            };
            let rows = chip.p.rows().zip(chip.s.rows()).zip(max).enumerate();
            for (row, ((weights, scores), max)) in rows {
                let divisor = if header.ends_with('l') {
                    chip.l[row]
                } else {
                    1.0
                };
                for (weight, score) in weights.iter().zip(scores) {
                    assert!((weight - (score - max).exp() / divisor).abs() < 1e-5);
                }
            }
        }
    }
}
