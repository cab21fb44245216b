//! The drawing of the ledger: a table, and what else is counted.

use headlight_figure::number::fixed;
use headlight_figure::{Element, Size, el};

use super::ledger::{Ledger, LedgerRow};
use super::text_table::{TextRow, facts, text_table};
use crate::rooms::flash::player::Player;
use crate::rooms::flash::words;

/// Narrowest drawing.
const NARROWEST: f64 = 250.0;
/// Between the table and the facts below it.
const GAP: f64 = 8.0;

/// The ledger as a table, with what else is counted below it, in `width_px` pixels.
#[must_use]
pub fn drawing(ledger: &Ledger, width_px: f64) -> (Element, Size) {
    let width = width_px.max(NARROWEST).floor();
    let heads = ["", words::SO_FAR, words::IN_ALL, words::OF_STANDARD];
    let rows: Vec<TextRow> = ledger.rows.iter().map(text_row).collect();
    let (table, table_height) = text_table(&heads, &rows, (0.0, 0.0), width);
    let top = table_height + GAP;
    let (facts, height) = facts(&words::facts(ledger), (0.0, top), width);
    let drawing = el("g").add(table).add(facts);
    let height = top + height;
    (drawing, Size { width, height })
}

fn text_row(row: &LedgerRow) -> TextRow {
    let so_far = row.so_far.as_ref();
    let so_far = so_far.map(|totals| words::thousands(totals.elements_moved()));
    TextRow {
        name: words::algorithm(row.algorithm),
        cells: vec![
            so_far.unwrap_or_else(|| "\u{2013}".to_owned()),
            words::thousands(row.moved),
            format!("{}×", fixed(row.of_standard, 2)),
        ],
        class: if row.is_played { "is-selected" } else { "" },
    }
}

/// What the ledger shows in a few sentences.
#[must_use]
pub fn summary(player: &Player, ledger: &Ledger) -> String {
    let said = [
        Some(words::verdict(player, ledger)),
        words::too_large(ledger),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::ledger::ledger;
    use super::*;
    use crate::rooms::flash::catalogue::FlashFigure;
    use crate::rooms::flash::test_drawing::{assert_inside, of_class, snapshot, text};
    use crate::rooms::flash::test_room::{all_options, player, square};

    #[test]
    fn the_played_algorithm_stands_out_and_nothing_leaves_the_drawing() {
        for options in all_options() {
            let player = player(options);
            let moment = player.moment(3).unwrap();
            let ledger = ledger(&player, &moment, None);
            let (drawing, size) = drawing(&ledger, 250.0);
            assert_inside(&drawing, size);
            let selected = of_class(&drawing, "is-selected");
            assert_eq!(selected.len(), 4);
            assert_eq!(text(selected[0]), words::algorithm(options.algorithm));
            assert_eq!(
                text(selected[2]),
                words::thousands(ledger.in_all.elements_moved())
            );
        }
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let player = player(square());
        let moment = player.moment(20).unwrap();
        let ledger = ledger(&player, &moment, None);
        let (drawing, size) = drawing(&ledger, 299.0);
        let sentence = summary(&player, &ledger);
        snapshot("ledger.svg", FlashFigure::Ledger, sentence, drawing, size);
    }
}
