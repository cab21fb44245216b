//! Rows and keys are counted and named as the Attention room does: from 0, with their
//! tokens where the numbers are those of a head that reads a prompt.

use crate::reduce_flash;
use headlight_flash::{Algorithm, EventKind};

use super::figures::row::row_arithmetic;
use super::figures::stage::scene;
use super::head_of::HeadOf;
use super::{
    DataSource, FlashAction, HeadData, Moment, Player, Shown, Tiles, row_shown, sentence, tables,
    words,
};
use crate::answers::details::HeadInputs;
use crate::answers::run::tests::run;
use crate::rooms::flash::catalogue::FlashFigure;
use crate::state::State;
use headlight_figure::plain;

const WORDS: [&str; 8] = [
    "<|start|>",
    "Lily",
    " found",
    " a",
    " red",
    " ball",
    ".",
    " She",
];

/// A head of as many tokens as there are words.
fn inputs() -> HeadInputs {
    let data = HeadData::random(WORDS.len(), 4, 1).unwrap();
    let [q, k, v] = data.rows().map(|rows| rows.flatten().copied().collect());
    HeadInputs {
        layer: 0,
        head: 0,
        seq_len: WORDS.len(),
        d_head: 4,
        scale: 0.5,
        q,
        k,
        v,
    }
}

/// The page with the words run and, if so, the head's numbers on the stage.
fn page(has_run: bool) -> State {
    let mut state = State::default();
    if has_run {
        state
            .attention
            .show(&mut state.frame.subject, run(&WORDS), None);
    }
    let of = HeadOf::shown(&state.frame);
    state.flash.show_head(inputs(), Some(of), false);
    reduce_flash(&mut state, FlashAction::SetTiles(Tiles::Blocks(1, 1)));
    state
}

fn at(player: &Player, kind: EventKind, i: usize) -> Moment {
    let steps = 0..=player.schedule().n_events();
    let all = steps.map(|step| player.moment(step).unwrap());
    let is_it = |moment: &Moment| moment.kind() == Some(kind) && moment.event.unwrap().i == Some(i);
    all.into_iter().find(is_it).unwrap()
}

#[test]
fn rows_and_keys_are_counted_from_0() {
    assert_eq!(words::rows(&(8..12)), "8–11");
    assert_eq!(words::rows(&(0..1)), "0");
}

#[test]
fn a_single_row_is_named_with_its_token_wherever_it_is_named() {
    let state = page(true);
    let player = Player::new(&state.flash).unwrap();
    let moment = at(&player, EventKind::Scores, 5);
    assert_eq!(
        plain(&sentence(&player, &moment)),
        "Query row 5 “ball” meets key 0 “<|start|>”: 1 score, each the product of a query and \
         a key, divided by √d."
    );
    let said = row_arithmetic(&player, &moment, 5).unwrap();
    assert!(
        said.starts_with("row 5 “ball”: q·k/√4 with key 0 “<|start|>” = "),
        "{said}"
    );
    assert_eq!(words::row_label(&player, 5), "row 5 “ball”");
    assert_eq!(
        words::row_heading(&player, 5),
        "Row 5 “ball”, as it happens"
    );
    let weight = row_arithmetic(&player, &at(&player, EventKind::Exp, 5), 5).unwrap();
    assert!(weight.ends_with(" for key 0 “<|start|>”"), "{weight}");
}

#[test]
fn the_tables_count_as_the_page_does_and_name_the_tokens() {
    let state = page(true);
    let player = Player::new(&state.flash).unwrap();
    let moment = at(&player, EventKind::Exp, 5);
    let seen = Shown {
        player: &player,
        moment: &moment,
        beside: None,
        row: Some(5),
        check: None,
        agreement: None,
        on_device: [None, None],
    };
    let chip = tables::table_of(FlashFigure::Stage, seen).unwrap();
    let heads: Vec<&str> = chip.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(heads[..2], ["query", "token"]);
    assert!(
        heads.contains(&"S 0") && heads.contains(&"Q 0"),
        "{heads:?}"
    );
    assert_eq!(chip.rows[0][..2], ["5", " ball"]);
    let row = tables::table_of(FlashFigure::Row, seen).unwrap();
    assert!(
        row.caption.starts_with("Row 5 “ball” after"),
        "{}",
        row.caption
    );
}

#[test]
fn numbers_of_no_prompt_have_no_tokens() {
    for source in [
        DataSource::Random {
            n: 8,
            d: 4,
            seed: 1,
        },
        DataSource::Typed("1\n\n1\n\n1".to_owned()),
    ] {
        let mut state = page(true);
        reduce_flash(&mut state, FlashAction::SetSource(source));
        let player = Player::new(&state.flash).unwrap();
        assert_eq!(words::row_label(&player, 0), "row 0");
        let chip = tables::chip(&player, &at(&player, EventKind::Scores, 0));
        assert_eq!(&*chip.columns[0].name, "query");
        assert_ne!(&*chip.columns[1].name, "token");
    }
}

#[test]
fn tokens_that_come_after_the_heads_numbers_name_them_anew() {
    let mut state = page(false);
    let before = state.flash.head.clone();
    assert_eq!(
        words::row_label(&Player::new(&state.flash).unwrap(), 5),
        "row 5"
    );
    state
        .attention
        .show(&mut state.frame.subject, run(&WORDS), None);
    reduce_flash(&mut state, FlashAction::GoTo(3));
    assert_eq!(
        words::row_label(&Player::new(&state.flash).unwrap(), 5),
        "row 5 “ball”"
    );
    // Whoever follows the head hears of it, once.
    let named = state.flash.head.clone();
    assert_ne!(named, before);
    reduce_flash(&mut state, FlashAction::GoTo(4));
    assert_eq!(state.flash.head, named);
}

#[test]
fn a_heads_rows_keep_their_tokens_while_another_prompt_is_shown() {
    let mut state = page(true);
    state.frame.shown_prompt = "another".to_owned();
    state
        .attention
        .show(&mut state.frame.subject, run(&["x"; 8]), None);
    reduce_flash(&mut state, FlashAction::GoTo(3));
    let label = |state: &State| words::row_label(&Player::new(&state.flash).unwrap(), 5);
    assert_eq!(label(&state), "row 5 “ball”");
    // A head of another prompt than the one that is shown has none of its tokens.
    let mut of = HeadOf::shown(&state.frame);
    of.prompt = "a third".to_owned();
    state.flash.show_head(inputs(), Some(of), false);
    reduce_flash(&mut state, FlashAction::GoTo(4));
    assert_eq!(label(&state), "row 5");
}

/// Four rows and keys a tile, of the words.
fn four_by_four() -> (Player, Moment) {
    let mut state = page(true);
    reduce_flash(&mut state, FlashAction::SetTiles(Tiles::Blocks(4, 4)));
    let player = Player::new(&state.flash).unwrap();
    let moment = at(&player, EventKind::Scores, 1);
    (player, moment)
}

#[test]
fn rows_and_keys_on_the_chip_have_their_number_and_where_there_is_room_their_token() {
    let (player, moment) = four_by_four();
    let texts = |width: f64| -> Vec<String> {
        let row = row_shown(&player, &moment, None);
        let scene = scene(&player, &moment, row, width);
        scene.words.into_iter().map(|words| words.text).collect()
    };
    let wide = texts(980.0);
    for label in ["4 red", "5 ball", "6 .", "7 She"] {
        assert!(wide.iter().any(|text| text == label), "{label} of {wide:?}");
    }
    // In less room keys have the token alone.
    for label in ["<|st…>", "Lily", "found", "a"] {
        assert!(wide.iter().any(|text| text == label), "{label} of {wide:?}");
    }
    let narrow = texts(360.0);
    for label in ["4", "7", "0", "3"] {
        assert!(
            narrow.iter().any(|text| text == label),
            "{label} of {narrow:?}"
        );
    }
}

#[test]
fn the_keys_that_are_named_are_those_on_the_chip_and_stand_on_the_stage() {
    for algorithm in Algorithm::ALL {
        for (is_reversed, is_causal, n_splits) in [
            (false, true, 1),
            (true, true, 1),
            (false, false, 1),
            (false, true, 2),
        ] {
            let mut state = page(true);
            let options = &mut state.flash.options;
            options.algorithm = algorithm;
            options.tiles = Tiles::Blocks(3, 2);
            options.is_causal = is_causal;
            options.is_reversed = is_reversed && algorithm != Algorithm::Standard;
            options.n_splits = if algorithm == Algorithm::Fa2 {
                n_splits
            } else {
                1
            };
            let player = Player::new(&state.flash).unwrap();
            for step in 0..=player.schedule().n_events() {
                let moment = player.moment(step).unwrap();
                if !moment.chip.k.is_empty() {
                    assert_eq!(moment.keys.len(), moment.chip.k.n_rows(), "{step}");
                }
                for width in [980.0, 360.0] {
                    let scene = scene(&player, &moment, None, width);
                    let mut words = scene.words.iter();
                    assert!(words.all(|words| (0.0..width).contains(&words.x)));
                }
            }
        }
    }
}
