//! The figures of the Attention room: geometry, sentence and rows of each.

pub mod atlas;
pub mod attribution;
pub mod changes;
pub mod cuts;
pub mod head_kind;
pub mod lens;
pub mod lens_drawing;
pub mod lines;
mod mark_legend;
pub mod matrix;
pub mod next;
pub mod next_list;
pub mod norms;
pub mod pattern;
pub mod pattern_gesture;
mod pattern_row;
pub mod pattern_table;
pub mod per_token;
pub mod perplexity;
pub mod product;
pub mod product_drawing;
pub mod row;
pub mod sentence;
pub mod steps;
pub mod steps_drawing;
pub mod surprise;
pub mod zoom;
