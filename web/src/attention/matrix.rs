//! The drawing of the matrix: cells, labels, marks.

use headlight_view::matrix::{COLUMN_SLOPE, Label, MatrixLayout, Rect};
use headlight_view::text;
use headlight_view::token::VisibleToken;
use leptos::prelude::*;

use super::painted::Painted;
use super::shown::Shown;

/// The matrix: painted if it is large, drawn if it is not.
#[component]
pub fn Matrix(
    shown: Shown,
    layout: Memo<Option<MatrixLayout>>,
    tokens: Memo<Vec<VisibleToken>>,
) -> impl IntoView {
    let with = move |draw: fn(&MatrixLayout) -> f64| layout.with(|l| l.as_ref().map(draw));
    let shades = Memo::new(move |_| {
        let layout = layout.get().filter(|layout| !layout.is_canvas())?;
        Some(match shown.drawn_of_run() {
            Some(drawn) => layout.shades(&drawn, shown.scale.get()),
            None => layout.blank(),
        })
    });
    let cells = move || {
        let shades = shades.get().into_iter().flatten();
        shades
            .map(|shade| view! { <path d=shade.path style:fill=shade.fill/> })
            .collect_view()
    };
    let masked = move || layout.with(|l| l.as_ref().map(MatrixLayout::masked));
    let is_canvas =
        Memo::new(move |_| layout.with(|l| l.as_ref().is_some_and(MatrixLayout::is_canvas)));
    view! {
        <Show when=move || is_canvas.get()>
            <Painted shown layout/>
        </Show>
        <svg
            class="matrix"
            aria-hidden="true"
            width=move || with(|layout| layout.width)
            height=move || with(|layout| layout.height)
        >
            <defs>
                <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-ground" width="5" height="5"/>
                    <line class="hatch-line" x1="0" y1="0" x2="0" y2="5"/>
                </pattern>
            </defs>
            <path class="masked" d=masked/>
            <g class="cells">{cells}</g>
            <Titles layout/>
            <Show when=move || shown.run.with(Option::is_some)>
                <Labels shown layout tokens/>
                <Marks shown layout/>
            </Show>
        </svg>
    }
}

/// Tokens on both axes.
#[component]
fn Labels(
    shown: Shown,
    layout: Memo<Option<MatrixLayout>>,
    tokens: Memo<Vec<VisibleToken>>,
) -> impl IntoView {
    let rows = move || {
        let kept = shown.query.get();
        let labels = layout.with(|l| Some(tokens.with(|t| l.as_ref()?.row_labels(t, kept).into())));
        let labels: Vec<Label> = labels.flatten().unwrap_or_default();
        let draw = move |label: Label| {
            let class = if label.pos == kept {
                "tick query"
            } else {
                "tick"
            };
            view! { <text class=class text-anchor="end" x=label.x y=label.y><Marked lead=label.lead text=label.text/></text> }
        };
        labels.into_iter().map(draw).collect_view()
    };
    let columns = move || {
        let kept = shown.key.get();
        let labels =
            layout.with(|l| Some(tokens.with(|t| l.as_ref()?.column_labels(t, kept).into())));
        let labels: Vec<Label> = labels.flatten().unwrap_or_default();
        let draw = move |label: Label| {
            let class = if label.pos == kept {
                "tick key"
            } else {
                "tick"
            };
            let Label {
                x, y, lead, text, ..
            } = label;
            let place = format!("translate({x:.1} {y:.1}) rotate({COLUMN_SLOPE})");
            view! { <text class=class transform=place><Marked lead text/></text> }
        };
        labels.into_iter().map(draw).collect_view()
    };
    view! {
        <g style:font-size=move || layout.with(|l| l.as_ref().map_or_else(String::new, |l| format!("{}px", l.font)))>
            {rows}
            {columns}
        </g>
    }
}

/// A label with its spaces as faint marks.
#[component]
fn Marked(lead: String, text: String) -> impl IntoView {
    view! { <tspan class="lead">{lead}</tspan><tspan>{text}</tspan> }
}

/// What the axes mean.
#[component]
fn Titles(layout: Memo<Option<MatrixLayout>>) -> impl IntoView {
    move || layout.get().map(|layout| axis_titles(&layout))
}

fn axis_titles(layout: &MatrixLayout) -> impl IntoView + use<> {
    let is_short = layout.side() < 230.0;
    let (key, query) = if is_short {
        (text::KEY_AXIS_SHORT, text::QUERY_AXIS_SHORT)
    } else {
        (text::KEY_AXIS, text::QUERY_AXIS)
    };
    let middle = layout.side() / 2.0;
    let below = layout.top + layout.side() + 20.0;
    let beside = format!("translate(12 {:.1}) rotate(-90)", layout.top + middle);
    view! {
        <text class="axis" text-anchor="middle" x=layout.left + middle y=below>{key}</text>
        <text class="axis" text-anchor="middle" transform=beside>{query}</text>
    }
}

/// The selected row and cell, and the cell under the pointer.
#[component]
fn Marks(shown: Shown, layout: Memo<Option<MatrixLayout>>) -> impl IntoView {
    let rect = |class: &'static str,
                Rect {
                    x,
                    y,
                    width,
                    height,
                }: Rect| {
        view! { <rect class=class x=x y=y width=width height=height rx="1"/> }
    };
    let hovered = move || {
        let layout = layout.get()?;
        let (query, key) = shown.hover.get()?;
        if !layout.has(query, key) {
            return None;
        }
        Some((
            rect("hover", layout.row_rect(query)),
            rect("hover", layout.column_rect(key)),
        ))
    };
    let selected = move || {
        let layout = layout.get()?;
        let query = shown.query.get();
        let mut cell = layout.cell_rect(query, shown.key.get());
        // On a painted map a cell is too small to be outlined from within.
        let grow = (6.0 - cell.width).max(0.0) / 2.0;
        cell.x -= grow;
        cell.y -= grow;
        cell.width += 2.0 * grow;
        cell.height += 2.0 * grow;
        let rows = shown.queries.get().into_iter();
        let rows = rows.filter(|query| layout.has_query(*query));
        let rows = rows
            .map(|query| rect("selected-row", layout.row_rect(query)))
            .collect_view();
        let has_cell = layout.has(query, shown.key.get());
        Some((rows, has_cell.then(|| rect("selected-cell", cell))))
    };
    view! { {hovered}{selected} }
}
