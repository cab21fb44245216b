//! The frame around the rooms: prompt, parts taken out, menus of figures, saving, status
//! and help.

pub mod ablation;
pub mod continuation;
pub mod drawing;
pub(crate) mod example;
pub mod figure_id;
pub mod figure_words;
pub mod help;
pub mod lesson_words;
pub mod menu;
pub mod save;
pub mod status;
pub mod words;
