//! The room's part of a link.
//!
//! `algorithm=fa1&bq=4&bk=8&causal=0&reverse=1&compare=fa2&clock=work&query=9&step=14`

use headlight_flash::Algorithm;

use super::clock::Clock;
use super::lesson::FlashTopic;
use super::options::DataSource;
use super::options::{Options, SPEEDS, Tiles};
use super::state::FlashRoom;
use crate::frame::link::{BadValue, Pairs, decode};

/// Names the lesson, before the step.
const LESSON: &str = "flash.";

/// Reads the pairs of a link into the room; returns those that cannot be read.
pub(crate) fn read(room: &mut FlashRoom, pairs: &Pairs) -> Vec<BadValue> {
    let (mut read, mut drawn) = (FlashRoom::default(), (16, 8, 0));
    let (mut blocks, mut source) = ((8, 4), None::<String>);
    let mut notices = pairs.read(|key, value| {
        let number = || value.parse::<usize>().ok();
        let options = &mut read.options;
        match key {
            "algorithm" => assign(&mut options.algorithm, algorithm(value)),
            "causal" => assign(&mut options.is_causal, switch(value)),
            "reverse" => assign(&mut options.is_reversed, switch(value)),
            "lazy" => assign(&mut options.is_lazy, switch(value)),
            "splits" => assign(&mut options.n_splits, number().filter(|n| *n > 0)),
            "bq" => {
                let is_read = assign(&mut blocks.0, number());
                options.tiles = Tiles::Blocks(blocks.0, blocks.1);
                is_read
            }
            "bk" => {
                let is_read = assign(&mut blocks.1, number());
                options.tiles = Tiles::Blocks(blocks.0, blocks.1);
                is_read
            }
            "sram" => assign(&mut options.tiles, number().map(Tiles::OnChip)),
            "step" => {
                read.step = value.parse().ok();
                read.step.is_some()
            }
            "speed" => assign(&mut read.speed, number().filter(|n| *n < SPEEDS.len())),
            "compare" => {
                read.compared = algorithm(value);
                read.compared.is_some()
            }
            "clock" => assign(
                &mut read.clock,
                Clock::ALL.into_iter().find(|clock| clock.name() == value),
            ),
            "query" => {
                read.row = number();
                read.row.is_some()
            }
            "learn" => {
                let step = value
                    .strip_prefix(LESSON)
                    .and_then(|step| step.parse::<usize>().ok());
                let step = step.and_then(|step| step.checked_sub(1));
                read.lesson = step.filter(|step| *step < FlashTopic::ALL.len());
                read.lesson.is_some()
            }
            "data" => {
                source = Some(value.to_owned());
                matches!(value, "random" | "typed" | "head")
            }
            "n" => assign(&mut drawn.0, number()),
            "d" => assign(&mut drawn.1, number()),
            "draw" => assign(&mut drawn.2, value.parse().ok()),
            "numbers" => {
                let typed = decode(value);
                let is_read = typed.is_some();
                read.source = DataSource::Typed(typed.unwrap_or_default());
                is_read
            }
            _ => true,
        }
    });
    if source.as_deref() == Some("random") {
        let (n, d, seed) = drawn;
        read.source = DataSource::Random { n, d, seed };
    }
    // An algorithm beside itself would show nothing.
    let other = read.compared;
    if let Some(same) = other.filter(|other| *other == read.options.algorithm) {
        notices.push(BadValue {
            key: "compare".to_owned(),
            value: same.name().to_owned(),
        });
        read.compared = None;
    }
    room.options = read.options;
    room.source = read.source;
    (room.step, room.playing) = (read.step, None);
    (room.speed, room.row) = (read.speed, read.row);
    (room.compared, room.clock) = (read.compared, read.clock);
    (room.lesson, room.before) = (read.lesson, None);
    notices
}

/// What of the room is not as usual, as pairs.
pub(crate) fn write(room: &FlashRoom) -> Pairs {
    let mut pairs = Pairs::default();
    // A step of the lesson is its own scene.
    if let Some(step) = room.lesson {
        pairs.put("learn", Some(format!("{LESSON}{}", step + 1)));
        return pairs;
    }
    let (usual, options) = (Options::default(), &room.options);
    let switch = |is_on: bool, usual: bool| {
        (is_on != usual).then(|| if is_on { "1" } else { "0" }.to_owned())
    };
    let algorithm = (options.algorithm != usual.algorithm).then(|| options.algorithm.name());
    pairs.put("algorithm", algorithm.map(str::to_owned));
    match options.tiles {
        tiles if tiles == usual.tiles => {}
        Tiles::Blocks(block_q, block_k) => {
            pairs.put("bq", Some(block_q.to_string()));
            pairs.put("bk", Some(block_k.to_string()));
        }
        Tiles::OnChip(bytes) => pairs.put("sram", Some(bytes.to_string())),
    }
    pairs.put("causal", switch(options.is_causal, usual.is_causal));
    pairs.put("reverse", switch(options.is_reversed, usual.is_reversed));
    pairs.put("lazy", switch(options.is_lazy, usual.is_lazy));
    pairs.put(
        "splits",
        (options.n_splits > 1).then(|| options.n_splits.to_string()),
    );
    match &room.source {
        DataSource::Head => {}
        DataSource::Random { n, d, seed } => {
            pairs.put("data", Some("random".to_owned()));
            pairs.put("n", Some(n.to_string()));
            pairs.put("d", Some(d.to_string()));
            pairs.put("draw", Some(seed.to_string()));
        }
        DataSource::Typed(typed) => {
            pairs.put("data", Some("typed".to_owned()));
            pairs.put("numbers", Some(typed));
        }
    }
    pairs.put(
        "compare",
        room.compared.map(|other| other.name().to_owned()),
    );
    // Without another beside it no clock is seen.
    let clock = room.compared.map(|_| room.clock);
    let clock = clock.filter(|clock| *clock != Clock::default());
    pairs.put("clock", clock.map(|clock| clock.name().to_owned()));
    pairs.put("query", room.row.map(|row| row.to_string()));
    pairs.put("step", room.step.map(|step| step.to_string()));
    let is_usual_speed = room.speed == FlashRoom::USUAL_SPEED;
    pairs.put("speed", (!is_usual_speed).then(|| room.speed.to_string()));
    pairs
}

/// Assigns a value that could be read; false if it could not, and the old one stays.
fn assign<T>(place: &mut T, value: Option<T>) -> bool {
    let is_read = value.is_some();
    if let Some(value) = value {
        *place = value;
    }
    is_read
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn algorithm(value: &str) -> Option<Algorithm> {
    let mut all = Algorithm::ALL.into_iter();
    all.find(|algorithm| algorithm.name() == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(room: &FlashRoom) -> FlashRoom {
        let mut other = FlashRoom::default();
        assert_eq!(read(&mut other, &write(room)), []);
        other
    }

    #[test]
    fn a_link_holds_the_room() {
        let mut room = FlashRoom::default();
        assert_eq!(write(&room), Pairs::default());
        room.options = Options {
            algorithm: Algorithm::Fa1,
            is_causal: false,
            is_reversed: true,
            is_lazy: true,
            n_splits: 3,
            tiles: Tiles::Blocks(8, 2),
        };
        room.source = DataSource::Random {
            n: 64,
            d: 16,
            seed: 5,
        };
        (room.step, room.row, room.speed) = (Some(17), Some(9), 4);
        room.compared = Some(Algorithm::Standard);
        assert_eq!(read_back(&room), room);
        room.clock = Clock::Work;
        assert!(
            write(&room)
                .to_query()
                .contains("&compare=standard&clock=work")
        );
        assert_eq!(read_back(&room), room);
        room.options.tiles = Tiles::OnChip(16_384);
        room.source = DataSource::Typed("1 2\n\n3 4\n\n5 6 &%".to_owned());
        assert_eq!(read_back(&room), room);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_left_as_usual() {
        let mut room = FlashRoom::default();
        let told = read(
            &mut room,
            &Pairs::of(
                "algorithm=fa9&bq=x&causal=2&step=-1&splits=0&clock=sun&data=moon&z=1&compare=fa2",
            ),
        );
        let keys: Vec<&str> = told.iter().map(|bad| bad.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "algorithm",
                "bq",
                "causal",
                "step",
                "splits",
                "clock",
                "data",
                "compare"
            ]
        );
        assert_eq!(room, FlashRoom::default());
    }
}
