//! The kit for figures: inert drawings, what they are made with, and their writers.
//!
//! A figure is a value. A pure function makes it of what it shows, and page, embed,
//! file and test read the same value: nothing in it acts, listens or asks a browser.
//! Geometry is computed here, never laid out by a browser, so a figure looks alike
//! wherever it stands.
//!
//! | to | look at |
//! |---|---|
//! | draw | [`el`], [`Element`], [`Path`], [`Pixels`], [`TextStyle`] |
//! | place | [`Scale`], [`Bands`], [`axis`](fn@axis), [`text_width`](fn@text_width) |
//! | mark | [`bars`](fn@bars), [`histogram`], [`line()`], [`dots`], [`area`], [`heatmap`](fn@heatmap), [`TokenRows`], [`BarList`], [`legend`](fn@legend) |
//! | colour | [`Palette`], [`Shade`], [`Tone`], [`Theme`] |
//! | write | [`svg`](fn@svg), [`html`](fn@html) |
//! | be pointed at | [`Target`], [`Gesture`] |

mod axis;
mod bars;
mod element;
mod figure;
pub mod files;
mod gesture;
mod heatmap;
mod html;
mod labelled_bars;
mod legend;
mod lines;
mod mark;
pub mod number;
pub mod order;
mod path;
pub mod phrase;
mod pixels;
mod png;
pub mod ramp;
mod scale;
mod shade;
mod shared;
pub mod signed;
mod span;
mod svg;
pub mod table;
mod text_style;
mod text_width;
pub mod theme;
mod ticks;
pub mod token;
mod token_rows;
pub mod window;

pub use axis::{Axis, Side, axis, axis_title, band_names};
pub use bars::{Direction, bars, bin_counts, bin_edges, histogram};
pub use element::{
    Attribute, Element, Node, Target, Text, Value, decimal, el, line_between, rect, tenths,
};
pub use figure::{Figure, FigureId, Size};
pub use gesture::{Gesture, GestureKind, cell_at};
pub use heatmap::{colour_bar, frame_of_cells, hatching, heatmap};
pub use html::html;
pub use labelled_bars::{BarList, LabelledBar, widest};
pub use legend::{legend, legend_of};
pub use lines::{area, diagonal, dots, gaps, line};
pub use mark::{HANDLE, HIT_AREA, Mark, Tone, hit_area, hit_areas};
pub use path::Path;
pub use pixels::Pixels;
pub use png::{data_url, png};
pub use scale::{Bands, LogBase, Scale, extent};
pub use shade::{Palette, Shade};
pub use shared::Shared;
pub use span::{Span, plain};
pub use svg::{drawing_width, svg, unscaled_width};
pub use table::{Column, Table};
pub use text_style::{
    Anchor, CELL, COLUMN_HEAD, LABEL, NOTE, NUMBER, REMARK, SENTENCE, TITLE, TextStyle,
};
pub use text_width::{Face, fitted, text_width, wrapped};
pub use theme::{DARK, LIGHT, Theme};
pub use ticks::Tick;
pub use token_rows::TokenRows;
