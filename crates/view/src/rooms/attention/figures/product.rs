//! Where a score comes from: a query times a key, dimension by dimension.

use std::borrow::Cow;

use crate::answers::details::QueryKey;
use crate::answers::run::Token;
use crate::rooms::attention::figures::sentence;
use headlight_figure::number::{fixed, full};
use headlight_figure::ramp::change_level;
use headlight_figure::table::Column;

/// What the page says about a product.
mod words {
    pub(crate) fn query_and_key(query: &str, key: &str) -> String {
        format!("The query of {query} and the key of {key}: ")
    }

    pub(crate) fn sum(d_head: usize, sum: &str, scaling: &str, score: &str) -> String {
        format!("{d_head} products add up to {sum}; {scaling} that is the score {score}.")
    }

    pub(crate) const MASKED: &str = " The mask will hide it.";

    pub(crate) fn divided(d_head: usize) -> String {
        format!("divided by \u{221a}{d_head}")
    }

    pub(crate) fn times(scale: &str) -> String {
        format!("times {scale}")
    }

    pub(crate) fn most(dim: usize, product: &str, of: &str) -> String {
        format!(" Dimension {dim}, outlined, {of} most: {product}.")
    }

    pub(crate) fn cell(dim: usize, q: &str, k: &str, product: &str) -> String {
        format!("Dimension {dim}: {q} \u{d7} {k} = {product}")
    }
}

/// A row of the figure: one number for each dimension of the head.
#[derive(Clone, Debug, PartialEq)]
pub struct DimensionStrip {
    /// What the numbers are.
    pub name: &'static str,
    /// The level that draws each, of [`change_level`]: 32 for 0.
    pub levels: Vec<usize>,
    /// The number at the ends of the colours, for the legend.
    pub most: String,
}

/// The figure.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductView {
    /// Query, key, and their product.
    pub strips: [DimensionStrip; 3],
    /// Each dimension in numbers, for whoever points at it.
    pub titles: Vec<String>,
    /// The dimension that counts most.
    pub most: Option<usize>,
    /// Whose query and key they are, how the products become the score, and which
    /// dimension counts most.
    pub sentence: String,
}

/// A query and a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Product<'a> {
    found: &'a QueryKey,
    products: Vec<f64>,
}

impl<'a> Product<'a> {
    /// Multiplies them.
    #[must_use]
    pub fn new(found: &'a QueryKey) -> Self {
        let pairs = found.q.iter().zip(&found.k);
        let products = pairs.map(|(q, k)| f64::from(*q) * f64::from(*k));
        Self {
            found,
            products: products.collect(),
        }
    }

    /// The score: the scaled sum.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.sum() * self.found.scale
    }

    fn sum(&self) -> f64 {
        self.products.iter().sum()
    }

    /// The product as it is drawn.
    #[must_use]
    pub fn view(&self, tokens: &[Token]) -> ProductView {
        let d_head = self.products.len();
        let [q, k] = [&self.found.q, &self.found.k]
            .map(|all| all.iter().copied().map(f64::from).collect::<Vec<f64>>());
        // One scale for query and key, so that they can be held against each other.
        let both = largest(q.iter().chain(&k));
        let product = largest(&self.products);
        let titles = (0..d_head).map(|dim| {
            let [q, k, product] = [q[dim], k[dim], self.products[dim]].map(|it| fixed(it, 2));
            words::cell(dim, &q, &k, &product)
        });
        ProductView {
            titles: titles.collect(),
            strips: [
                strip("q", &q, both),
                strip("k", &k, both),
                strip("q \u{d7} k", &self.products, product),
            ],
            most: self.most(),
            sentence: self.sentence(tokens),
        }
    }

    /// Whose query and key they are, how the products become the score, and which
    /// dimension counts most.
    #[must_use]
    pub fn sentence(&self, tokens: &[Token]) -> String {
        let QueryKey { query, key, .. } = *self.found;
        let name = |pos| sentence::name(tokens, pos);
        let mut said = words::query_and_key(&name(query), &name(key));
        let [sum, score] = [self.sum(), self.score()].map(|it| fixed(it, 2));
        said += &words::sum(self.products.len(), &sum, &self.scaling(), &score);
        if key > query {
            said += words::MASKED;
        }
        match self.most() {
            Some(dim) => said + &self.said_of(dim),
            None => said,
        }
    }

    fn scaling(&self) -> String {
        let (scale, d_head) = (self.found.scale, self.products.len());
        let usual = (d_head as f64).sqrt().recip();
        if (scale - usual).abs() <= 1e-6 * usual {
            words::divided(d_head)
        } else {
            words::times(&fixed(scale, 3))
        }
    }

    fn most(&self) -> Option<usize> {
        let by_size = |a: &(usize, &f64), b: &(usize, &f64)| a.1.abs().total_cmp(&b.1.abs());
        let most = self.products.iter().enumerate().max_by(by_size);
        most.map(|(dim, _)| dim)
    }

    fn said_of(&self, dim: usize) -> String {
        let product = self.products[dim];
        let of = if product < 0.0 { "takes away" } else { "adds" };
        words::most(dim, &fixed(product.abs(), 2), of)
    }

    /// Heads of the columns of [`Product::rows`].
    pub const COLUMNS: [Column; 4] = [
        Column::value("dimension"),
        Column::value("query"),
        Column::value("key"),
        Column::value("product"),
    ];

    /// One row per dimension.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let numbers = self.found.q.iter().zip(&self.found.k).zip(&self.products);
        let row = |(dim, ((q, k), product)): (usize, ((&f32, &f32), &f64))| {
            vec![
                dim.to_string(),
                full(f64::from(*q)),
                full(f64::from(*k)),
                full(*product),
            ]
        };
        numbers.enumerate().map(row).collect()
    }

    /// What the table holds: head, query, key and score.
    #[must_use]
    pub fn caption(&self, title: &str) -> Cow<'static, str> {
        let QueryKey {
            layer,
            head,
            query,
            key,
            ..
        } = *self.found;
        let score = full(self.score());
        Cow::Owned(format!(
            "{title}: layer {layer}, head {head}, query {query}, key {key}, score {score}"
        ))
    }
}

fn largest<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
    let finite = numbers.into_iter().filter(|number| number.is_finite());
    finite.fold(0.0, |most: f64, number| most.max(number.abs()))
}

fn strip(name: &'static str, numbers: &[f64], most: f64) -> DimensionStrip {
    let level = |number: &f64| change_level(if most > 0.0 { number / most } else { 0.0 });
    DimensionStrip {
        name,
        levels: numbers.iter().map(level).collect(),
        most: fixed(most, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;

    fn found(scale: f64) -> QueryKey {
        QueryKey {
            layer: 1,
            head: 2,
            query: 2,
            key: 0,
            scale,
            q: vec![1.0, -2.0, 0.5, 0.0],
            k: vec![3.0, 0.25, -4.0, 7.0],
        }
    }

    #[test]
    fn products_add_up_and_are_divided() {
        let found = found(0.5);
        let product = Product::new(&found);
        // 3 - 0.5 - 2 + 0
        assert_eq!(product.score(), 0.25);
        let view = product.view(&run(&["Lily", " found", " a"]).tokens);
        assert_eq!(
            view.sentence,
            "The query of “a” and the key of “Lily”: 4 products add up to 0.50; divided by \
             \u{221a}4 that is the score 0.25. Dimension 0, outlined, adds most: 3.00."
        );
        assert_eq!(
            view.titles[1],
            "Dimension 1: \u{2212}2.00 \u{d7} 0.25 = \u{2212}0.50"
        );
    }

    #[test]
    fn another_scale_is_not_called_a_square_root() {
        let found = found(1.0);
        let view = Product::new(&found).view(&run(&["a", "b", "c"]).tokens);
        assert!(
            view.sentence.contains("; times 1.000 that is"),
            "{}",
            view.sentence
        );
    }

    #[test]
    fn query_and_key_share_their_colours_and_products_have_their_own() {
        let found = found(0.5);
        let [q, k, product] = Product::new(&found)
            .view(&run(&["a", "b", "c"]).tokens)
            .strips;
        assert_eq!((q.most.as_str(), k.most.as_str()), ("7.00", "7.00"));
        assert_eq!(k.levels[3], 64);
        assert!(q.levels[0] > 32 && q.levels[1] < 32 && q.levels[3] == 32);
        assert_eq!(product.most, "3.00");
        assert_eq!((product.levels[0], product.levels[3]), (64, 32));
    }

    #[test]
    fn a_later_key_is_said_to_be_hidden_and_zeros_have_no_colour() {
        let found = QueryKey {
            query: 0,
            key: 1,
            q: vec![0.0; 4],
            ..found(0.5)
        };
        let view = Product::new(&found).view(&run(&["a", "b"]).tokens);
        assert!(view.sentence.contains(". The mask will hide it. "));
        assert_eq!(view.strips[2].levels, [32; 4]);
    }

    #[test]
    fn the_table_has_every_dimension_in_full() {
        let found = found(0.5);
        let product = Product::new(&found);
        assert_eq!(product.rows()[2], ["2", "0.5", "-4", "-2"]);
        assert!(product.caption("x").ends_with("key 0, score 0.25"));
    }
}
