//! One sentence that says what this data shows.

use crate::answers::run::{Pattern, Token};
use crate::frame::ablation::Filler;
use crate::rooms::attention::words;
use headlight_figure::Span;
use headlight_figure::number::percent;
use headlight_figure::token::VisibleToken;

/// A token as prose names it: quoted, with its place where the word occurs twice.
#[must_use]
pub fn name(tokens: &[Token], pos: usize) -> String {
    let Some(token) = tokens.get(pos) else {
        return String::new();
    };
    let quoted = VisibleToken::new(&token.text).quoted();
    let same = |other: &&Token| VisibleToken::new(&other.text).quoted() == quoted;
    if tokens.iter().filter(same).count() > 1 {
        words::token_at(&quoted, pos)
    } else {
        quoted
    }
}

/// What the mean of several rows shows.
#[must_use]
pub fn of_rows(tokens: &[Token], row: &[f32], n_rows: usize, head: &str) -> Vec<Span> {
    let strongest = row
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    let Some((key, weight)) = strongest else {
        return Vec::new();
    };
    vec![
        Span::plain(words::over_queries(n_rows, head)),
        Span::plain(words::puts(&percent(f64::from(*weight)))),
        Span::strong(name(tokens, key)),
        Span::plain("."),
    ]
}

/// What the selected row of a head's pattern shows.
///
/// A row that gives no key at least 30 % of its weight, nor twice what an even
/// spread would, is described as spread out.
#[must_use]
pub fn of_row(tokens: &[Token], pattern: &Pattern, query: usize, head: &str) -> Vec<Span> {
    let from = name(tokens, query);
    if query == 0 {
        return vec![
            Span::strong(from),
            Span::plain(words::first_looks_at_itself(head)),
        ];
    }
    let key = pattern.strongest_key(query);
    let weight = f64::from(pattern.weight(query, key));
    let to = match query - key {
        0 => words::ITSELF.to_owned(),
        1 => words::the_token_before(&name(tokens, key)),
        _ => name(tokens, key),
    };
    let n_keys = query + 1;
    let is_spread = weight < 0.3 && weight < 2.0 / n_keys as f64;
    let mut spans = vec![
        Span::plain(words::FROM),
        Span::strong(from),
        Span::plain(format!(", {head} ")),
    ];
    if is_spread {
        spans.push(Span::plain(words::spreads(n_keys)));
        spans.push(Span::strong(to));
        spans.push(Span::plain(words::gets_most(&percent(weight))));
    } else {
        spans.push(Span::plain(words::puts(&percent(weight))));
        spans.push(Span::strong(to));
        spans.push(Span::plain("."));
    }
    spans
}

/// What the whole model's row shows, where parts were taken out and it shows
/// something else: another key, or a share that differs by a hundredth.
#[must_use]
pub fn of_clean_row(tokens: &[Token], pattern: &Pattern, query: usize) -> Vec<Span> {
    let strongest = |pattern: &Pattern| {
        let key = pattern.strongest_key(query);
        (key, pattern.weight(query, key))
    };
    let Some((key, weight)) = pattern.clean().map(strongest) else {
        return Vec::new();
    };
    let (key_now, weight_now) = strongest(pattern);
    if key == key_now && (weight - weight_now).abs() < 0.01 {
        return Vec::new();
    }
    vec![
        Span::plain(words::whole_model_puts(&percent(f64::from(weight)))),
        Span::strong(name(tokens, key)),
        Span::plain("."),
    ]
}

/// Sentence that the head is out of the model, so that its weights lead nowhere.
#[must_use]
pub fn of_head_out(filler: Filler) -> Span {
    Span::plain(words::head_is_out(filler))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::head::Head;
    use crate::answers::run::tests::run;
    use headlight_figure::plain;

    fn row_pattern(row: &[f32]) -> Pattern {
        let n = row.len();
        let mut weights = vec![0.0; n * n];
        for query in 0..n {
            weights[query * n] = 1.0;
        }
        weights[n * (n - 1)..].copy_from_slice(row);
        Pattern::new(Head { layer: 1, head: 2 }, n, weights, vec![0.0; n]).unwrap()
    }

    fn say(words: &[&str], row: &[f32]) -> String {
        let run = run(words);
        let (pattern, query) = (row_pattern(row), row.len() - 1);
        plain(&of_row(&run.tokens, &pattern, query, "head 1.2"))
    }

    #[test]
    fn a_clear_row_names_the_key_and_its_share() {
        let said = say(
            &["Lily", " found", " it", ".", " She"],
            &[0.83, 0.05, 0.04, 0.04, 0.04],
        );
        assert_eq!(
            said,
            "From “She”, head 1.2 puts 83.0\u{a0}% of its weight on “Lily”."
        );
    }

    #[test]
    fn what_the_whole_model_shows_is_said_where_it_differs() {
        let run = run(&["Lily", " found", " it"]);
        let beside = |row: [f32; 3]| {
            let clean = [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], row].concat();
            let pattern = row_pattern(&[0.7, 0.2, 0.1]).beside_clean(clean);
            plain(&of_clean_row(&run.tokens, &pattern.unwrap(), 2))
        };
        assert_eq!(beside([0.705, 0.2, 0.095]), "");
        assert_eq!(
            beside([0.1, 0.8, 0.1]),
            " In the whole model it puts 80.0\u{a0}% on “found”."
        );
        let nothing_out = row_pattern(&[0.7, 0.2, 0.1]);
        assert!(of_clean_row(&run.tokens, &nothing_out, 2).is_empty());
    }

    #[test]
    fn a_word_that_occurs_twice_is_named_with_its_place() {
        let said = say(
            &["Tom", " saw", " Tom", ".", " He"],
            &[0.1, 0.05, 0.8, 0.04, 0.01],
        );
        assert!(said.contains("on “Tom” (token 2)."), "{said}");
    }

    #[test]
    fn the_token_before_and_the_token_itself_are_called_so() {
        let before = say(&["a", " b", " c", " d"], &[0.0, 0.1, 0.9, 0.0]);
        assert!(before.ends_with("on the token before it, “c”."), "{before}");
        let itself = say(&["a", " b", " c", " d"], &[0.0, 0.1, 0.0, 0.9]);
        assert!(itself.ends_with("on itself."), "{itself}");
    }

    #[test]
    fn an_even_row_is_called_spread_out() {
        let said = say(
            &["a", " b", " c", " d", " e"],
            &[0.22, 0.2, 0.2, 0.19, 0.19],
        );
        assert_eq!(
            said,
            "From “e”, head 1.2 spreads its weight over 5 tokens: “a” gets the most, 22.0\u{a0}%."
        );
    }

    #[test]
    fn the_first_token_has_nothing_else_to_look_at() {
        let run = run(&["Lily", " ran"]);
        let pattern = row_pattern(&[0.5, 0.5]);
        let said = plain(&of_row(&run.tokens, &pattern, 0, "head 1.2"));
        assert_eq!(
            said,
            "“Lily” comes first, so head 1.2 can only look at the token itself."
        );
    }
}
