//! A room to test with: sixteen random rows.

use headlight_flash::Algorithm;

use super::{DataSource, FlashRoom, Options, Player, Tiles};
use crate::room::Room;
use crate::state::State;

pub(crate) fn room(options: Options) -> FlashRoom {
    FlashRoom {
        options,
        source: DataSource::Random {
            n: 16,
            d: 8,
            seed: 1,
        },
        ..FlashRoom::default()
    }
}

pub(crate) fn player(options: Options) -> Player {
    Player::new(&room(options)).unwrap()
}

/// Four by four.
pub(crate) fn square() -> Options {
    Options {
        tiles: Tiles::Blocks(4, 4),
        ..Options::default()
    }
}

/// The page with the room open.
pub(crate) fn state(options: Options) -> State {
    State {
        room: Room::Flash,
        flash: room(options),
        ..State::default()
    }
}

pub(crate) fn all_options() -> Vec<Options> {
    let mut all = Vec::new();
    for algorithm in Algorithm::ALL {
        for is_causal in [true, false] {
            for tiles in [Tiles::Blocks(4, 4), Tiles::Blocks(5, 3), Tiles::OnChip(512)] {
                for (is_reversed, n_splits) in [(false, 1), (true, 1), (false, 2)] {
                    all.push(Options {
                        algorithm,
                        is_causal,
                        is_reversed,
                        is_lazy: is_reversed,
                        n_splits,
                        tiles,
                    });
                }
            }
        }
    }
    all
}
