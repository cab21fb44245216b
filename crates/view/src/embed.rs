//! One figure in someone else's page: what a link of `embed.html` opens, and the link of a
//! figure that the page shows.
//!
//! `embed.html#/attention?v=1&model=stories&row=6` shows the run that was recorded for the
//! page; with `data=` a link carries the numbers of the writer's own run.

use headlight_figure::{FigureId, phrase};

use crate::address::Address;
use crate::address::fragment_of;
use crate::frame::defaults::DEFAULT_MODEL;
use crate::frame::embed::{EmbedLink, Embedded};
use crate::frame::figure_words;
use crate::frame::link::{self, Pairs};
use crate::frame::{Theme, words};
use crate::room::Room;
use crate::rooms::attention::catalogue::AttentionFigure;
use crate::rooms::attention::embed::{self as attention, EmbeddedPattern};
use crate::rooms::flash::catalogue::FlashFigure;
use crate::rooms::flash::embed::{self as flash, EmbeddedStage};
use crate::state::State;
use headlight_figure::files::Format;

/// Folder of the site with the runs that embedded figures show unless their links carry
/// others.
const FOLDER: &str = "recorded-embeds";

/// What a link shows, once what it needs is there.
pub enum Opening {
    /// The figure.
    Ready(Box<dyn Embedded>),
    /// A file of the site is needed first.
    Awaited(Awaited),
}

/// A figure that waits for a recording.
#[derive(Debug)]
pub struct Awaited {
    room: Room,
    pairs: Pairs,
    model: String,
}

/// The theme that a link asks for; `None` for the reader's own.
#[must_use]
pub fn theme_of(fragment: &str) -> Option<Theme> {
    let (address, _) = Address::parse(fragment);
    Theme::from_name(address.pairs.get("theme")?)
}

/// The link to the page that shows the same, without what an embedded figure carries.
#[must_use]
pub fn page_fragment(fragment: &str) -> String {
    let (address, query) = fragment.split_once('?').unwrap_or((fragment, ""));
    let is_own = |pair: &&str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_of_page = matches!(value, "random" | "typed" | "head");
        matches!(key, "figure" | "theme") || (key == "data" && !is_of_page)
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_own(pair)).collect();
    format!("{address}?{}", kept.join("&"))
}

/// Opens a link.
///
/// # Errors
///
/// Returns a sentence if the link is of a newer version, of no such figure, or carries
/// damaged numbers.
pub fn open(fragment: &str) -> Result<Opening, String> {
    let (Address { room, pairs }, notices) = Address::parse(fragment);
    if !notices.is_empty() {
        return Err(words::no_such_embed_link(fragment));
    }
    let shown = figure_of(room);
    if let Some(found) = pairs.get("figure").filter(|found| *found != shown.name()) {
        return Err(words::no_such_embed(found, shown.name()));
    }
    let of_room = pairs.of_room();
    let figure: Box<dyn Embedded> = match (room, pairs.get("data")) {
        (Room::Flash, Some("random" | "typed")) => Box::new(EmbeddedStage::of_link(&of_room)?),
        (_, Some(data)) if data != "head" => carried(room, data, &of_room)?,
        _ => {
            let model = pairs.get("model").unwrap_or(DEFAULT_MODEL);
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if !model.chars().all(is_name) || model.starts_with('.') {
                return Err(words::bad_link_value("model", model));
            }
            return Ok(Opening::Awaited(Awaited {
                room,
                model: model.to_owned(),
                pairs: of_room,
            }));
        }
    };
    Ok(Opening::Ready(figure))
}

impl Awaited {
    /// Address of the file, beside the document: what `data=` would say.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{FOLDER}/{}.{}.txt", self.model, self.room.name())
    }

    /// What is said where the site has no such recording.
    #[must_use]
    pub fn missing(&self) -> String {
        words::no_recording(&self.model)
    }

    /// The figure of what the file says.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the file is damaged.
    pub fn with(self, text: &str) -> Result<Box<dyn Embedded>, String> {
        carried(self.room, text.trim_end(), &self.pairs)
    }
}

/// The figure whose numbers a text carries.
fn carried(room: Room, text: &str, pairs: &Pairs) -> Result<Box<dyn Embedded>, String> {
    Ok(match room {
        Room::Attention => {
            let read = EmbeddedPattern::of_data(text, pairs);
            Box::new(read.map_err(|error| phrase::sentence(&error.to_string()))?)
        }
        Room::Flash => Box::new(EmbeddedStage::of_data(text, pairs)?),
    })
}

/// The figure of a room that can stand in someone else's page.
fn figure_of(room: Room) -> FigureId {
    match room {
        Room::Attention => AttentionFigure::Pattern.into(),
        Room::Flash => FlashFigure::Stage.into(),
    }
}

/// Whether a figure can stand in someone else's page.
#[must_use]
pub fn can_be_embedded(figure: FigureId) -> bool {
    Room::ALL.iter().any(|room| figure_of(*room) == figure)
}

/// The link of a figure as the page shows it now, with its numbers in it.
///
/// # Errors
///
/// Returns a sentence if the figure shows what no link carries.
pub fn link_of(state: &State, figure: FigureId) -> Result<EmbedLink, String> {
    let State {
        frame,
        attention: room,
        flash: stage,
        ..
    } = state;
    let is_flash = figure == figure_of(Room::Flash);
    let (name, data, of_room, title, picture) = if is_flash {
        let data = flash::data_of(stage, frame)?;
        let title = crate::room::figure_title(figure).to_owned();
        let picture = crate::frame::save::named(figure, frame.shown_model(), "", Format::Svg);
        (
            Room::Flash.name(),
            data,
            flash::pairs_of(stage),
            title,
            picture,
        )
    } else {
        let data = attention::data_of(room, frame)?;
        let title = crate::rooms::attention::words::head_title(frame.subject.head);
        let file = crate::rooms::attention::files::file_name;
        let picture = file(room, frame, AttentionFigure::Pattern, Format::Svg);
        let pairs = attention::pairs_of(room, frame);
        (Room::Attention.name(), Some(data), pairs, title, picture)
    };
    let mut carried = Pairs::default();
    carried.put("data", data);
    let of_frame = link::write(frame).to_query();
    let (of_room, carried) = (of_room.to_query(), carried.to_query());
    Ok(EmbedLink {
        fragment: format!("#/{name}?v=1{of_frame}{of_room}{carried}"),
        page_fragment: fragment_of(state),
        title: format!("{title} ({})", figure_words::credit(frame.shown_model())),
        picture,
    })
}

impl std::fmt::Debug for Opening {
    /// Writes which it is: a figure itself is more than anyone reads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ready(figure) => f.debug_tuple("Ready").field(&figure.title()).finish(),
            Self::Awaited(awaited) => f.debug_tuple("Awaited").field(awaited).finish(),
        }
    }
}

#[cfg(test)]
#[path = "embed_tests.rs"]
mod tests;
