//! The drawing of the matrix: cells, labels, marks.

use headlight_figure::token::VisibleToken;
use headlight_view::rooms::attention::figures::matrix::{COLUMN_SLOPE, Label, MatrixLayout, Rect};
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::painted_map::Painted;
use super::shown::Shown;
use crate::derived::Derived;
use crate::draw::{Element, drawn, el, hatching, reactive, rect};

/// The matrix: painted if it is large, drawn if it is not.
#[component]
pub fn Matrix(
    shown: Shown,
    layout: Derived<Option<MatrixLayout>>,
    tokens: Derived<Vec<VisibleToken>>,
) -> impl IntoView {
    let is_canvas =
        Derived::new(move || layout.with(|l| l.as_ref().is_some_and(MatrixLayout::is_canvas)));
    // The pointer moves the marks alone, and a selection changes no cell.
    let parts = [
        reactive(move || cells(shown, layout.get()).into()),
        reactive(move || layout.get().map(|layout| axis_titles(&layout)).into()),
        reactive(move || labels(shown, layout.get(), tokens).into()),
        reactive(move || hovered(shown, layout.get()).into()),
        reactive(move || selected(shown, layout.get()).into()),
    ];
    let matrix = reactive(move || {
        let layout = layout.get();
        let of = |of: fn(&MatrixLayout) -> f64| layout.as_ref().map_or(0.0, of);
        el("svg")
            .class("matrix")
            .set("aria-hidden", "true")
            .at("width", of(|layout| layout.width))
            .at("height", of(|layout| layout.height))
            .add(hatching("hatch"))
            .all(parts.clone())
            .into()
    });
    view! {
        <Show when=move || is_canvas.get()>
            <Painted shown layout/>
        </Show>
        {drawn(matrix)}
    }
}

/// What is hidden, and what is drawn of the rest.
fn cells(shown: Shown, layout: Option<MatrixLayout>) -> Element {
    let masked = layout.as_ref().map(MatrixLayout::masked);
    let masked = el("path")
        .class("masked")
        .set("d", masked.unwrap_or_default());
    let layout = layout.filter(|layout| !layout.is_canvas());
    let shades = layout.map(|layout| match shown.drawn_of_run() {
        Some(drawn) => layout.shades(&drawn, shown.scale.get()),
        None => layout.blank(),
    });
    let shades = shades.into_iter().flatten();
    let shades = shades.map(|shade| el("path").set("d", shade.path).style("fill", shade.fill));
    el("g").add(masked).add(el("g").class("cells").all(shades))
}

/// Tokens on both axes.
fn labels(
    shown: Shown,
    layout: Option<MatrixLayout>,
    tokens: Derived<Vec<VisibleToken>>,
) -> Option<Element> {
    let layout = layout.filter(|_| shown.run.with(Option::is_some))?;
    let (query, key) = (shown.query.get(), shown.key.get());
    let (rows, columns) = tokens.with(|tokens| {
        (
            layout.row_labels(tokens, query),
            layout.column_labels(tokens, key),
        )
    });
    let rows = rows.into_iter().map(|label| {
        let (x, y) = (label.x, label.y);
        let class = if label.pos == query {
            "tick query"
        } else {
            "tick"
        };
        marked(label)
            .class(class)
            .set("text-anchor", "end")
            .at("x", x)
            .at("y", y)
    });
    let columns = columns.into_iter().map(|label| {
        let place = format!(
            "translate({:.1} {:.1}) rotate({COLUMN_SLOPE})",
            label.x, label.y
        );
        let class = if label.pos == key { "tick key" } else { "tick" };
        marked(label).class(class).set("transform", place)
    });
    let labels = el("g").px("font-size", layout.font);
    Some(labels.add(el("g").all(rows)).add(el("g").all(columns)))
}

/// A label with its spaces as faint marks.
fn marked(label: Label) -> Element {
    el("text")
        .add(el("tspan").class("lead").add(label.lead))
        .add(el("tspan").add(label.text))
}

/// What the axes mean.
fn axis_titles(layout: &MatrixLayout) -> Element {
    let is_short = layout.side() < 230.0;
    let (key, query) = if is_short {
        (
            attention_words::KEY_AXIS_SHORT,
            attention_words::QUERY_AXIS_SHORT,
        )
    } else {
        (attention_words::KEY_AXIS, attention_words::QUERY_AXIS)
    };
    let middle = layout.side() / 2.0;
    let beside = format!("translate(12 {:.1}) rotate(-90)", layout.top + middle);
    let title = |says: &'static str| {
        el("text")
            .class("axis")
            .set("text-anchor", "middle")
            .add(says)
    };
    let below = title(key)
        .at("x", layout.left + middle)
        .at("y", layout.top + layout.side() + 20.0);
    el("g")
        .add(below)
        .add(title(query).set("transform", beside))
}

/// The row and the column under the pointer.
fn hovered(shown: Shown, layout: Option<MatrixLayout>) -> Option<Element> {
    let (layout, (query, key)) = (layout?, shown.hover.get()?);
    if !is_run(shown) || !layout.has(query, key) {
        return None;
    }
    let marks = [layout.row_rect(query), layout.column_rect(key)];
    Some(el("g").all(marks.map(|at| mark("hover", at))))
}

/// The selected rows and cell.
fn selected(shown: Shown, layout: Option<MatrixLayout>) -> Option<Element> {
    let layout = layout.filter(|_| is_run(shown))?;
    let (query, key) = (shown.query.get(), shown.key.get());
    let mut cell = layout.cell_rect(query, key);
    // On a painted map a cell is too small to be outlined from within.
    let grow = (6.0 - cell.width).max(0.0) / 2.0;
    cell.x -= grow;
    cell.y -= grow;
    cell.width += 2.0 * grow;
    cell.height += 2.0 * grow;
    let rows = shown.queries.get().into_iter();
    let rows = rows.filter(|query| layout.has_query(*query));
    let rows = rows.map(|query| mark("selected-row", layout.row_rect(query)));
    let cell = layout.has(query, key).then(|| mark("selected-cell", cell));
    Some(el("g").all(rows).add(cell))
}

fn is_run(shown: Shown) -> bool {
    shown.run.with(Option::is_some)
}

fn mark(class: &'static str, at: Rect) -> Element {
    rect(at.x, at.y, at.width, at.height)
        .class(class)
        .set("rx", "1")
}
