//! A room to test with: sixteen random rows.

use super::{FlashRoom, Options, Player, Source};

pub(super) fn room(options: Options) -> FlashRoom {
    FlashRoom {
        options,
        source: Source::Random {
            n: 16,
            d: 8,
            seed: 1,
        },
        ..FlashRoom::default()
    }
}

pub(super) fn player(options: Options) -> Player {
    Player::new(&room(options)).unwrap()
}
