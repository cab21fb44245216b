//! A room to test with: sixteen random rows.

use headlight_flash::Algorithm;

use super::catalogue::FlashFigure;
use super::tables::{self, Shown};
use super::{Check, Checked, DataSource, FlashRoom, Options, Player, Tiles, numbers, row_shown};
use crate::frame::save::Numbers;
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

/// A page whose Flash room has twelve random rows.
pub(crate) fn of_twelve_rows(options: Options) -> State {
    let source = DataSource::Random {
        n: 12,
        d: 4,
        seed: 3,
    };
    State {
        flash: FlashRoom {
            options,
            source,
            ..FlashRoom::default()
        },
        ..State::default()
    }
}

/// The numbers of a figure, at the room's step.
pub(crate) fn numbers_of(state: &State, figure: FlashFigure) -> Numbers {
    let of = |seen: Shown<'_>| numbers(&state.flash, &state.frame, figure, seen);
    with_shown(state, of).unwrap()
}

/// What `of` makes of what the room shows at its step.
pub(crate) fn with_shown<T>(state: &State, of: impl FnOnce(Shown<'_>) -> T) -> T {
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(player.step(&state.flash)).unwrap();
    let mut check = Check::new(&player);
    while check.go_on(&player).unwrap() == Checked::More {}
    // Of the device there is nothing here; any table will do.
    let other = tables::grid(&player, &moment);
    let seen = Shown {
        player: &player,
        moment: &moment,
        beside: None,
        row: row_shown(&player, &moment, None),
        check: Some(&check),
        agreement: None,
        on_device: [Some(&other); 2],
    };
    of(seen)
}
