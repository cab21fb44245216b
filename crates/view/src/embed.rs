//! One figure in someone else's page: what a link of `embed.html` opens, and the link of a
//! figure that the page shows.
//!
//! `embed.html#/attention?v=1&model=stories&row=6` shows the run that was recorded for the
//! page; with `data=` a link carries the numbers of the writer's own run.

use headlight_figure::FigureId;

use crate::address::{Address, VERSION, fragment_of};
use crate::frame::defaults::DEFAULT_MODEL;
use crate::frame::embed::{EmbedLink, Embedded};
use crate::frame::figure_words;
use crate::frame::link::{self, Pairs};
use crate::frame::{ThemeName, words};
use crate::room::Room;
use crate::rooms::attention::catalogue::AttentionFigure;
use crate::rooms::attention::embed as attention;
use crate::rooms::flash::catalogue::FlashFigure;
use crate::rooms::flash::embed as flash;
use crate::state::State;

/// Folder of the site with the runs that embedded figures show unless their links carry
/// others.
const FOLDER: &str = "recorded-embeds";

/// A room with its figure for other people's pages.
type Embeddable = (Room, FigureId);

const ATTENTION: Embeddable = (Room::Attention, FigureId(AttentionFigure::Pattern.name()));
const FLASH: Embeddable = (Room::Flash, FigureId(FlashFigure::Stage.name()));
/// All of them.
const EMBEDDED: [Embeddable; 2] = [ATTENTION, FLASH];

/// What a link shows, once what it needs is there.
pub enum Opening {
    /// The figure.
    Ready(Box<dyn Embedded>),
    /// A file of the site is needed first.
    Awaited(Awaited),
}

/// A figure that waits for a file.
#[derive(Debug)]
pub struct Awaited {
    room: Room,
    carried: Carried,
    pairs: Pairs,
    model: String,
}

/// The figure of a room, whose numbers a text carries.
type Carried = fn(&str, &Pairs) -> Result<Box<dyn Embedded>, String>;

/// The theme that a link asks for; `None` for the reader's own.
#[must_use]
pub fn theme_of(fragment: &str) -> Option<ThemeName> {
    let (address, _) = Address::parse(fragment);
    ThemeName::from_name(address.pairs.get("theme")?)
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

/// Opens a link to a head's map.
///
/// # Errors
///
/// Returns a sentence if the link is of a newer version, of another figure, or carries
/// damaged numbers.
pub fn open_attention(fragment: &str) -> Result<Opening, String> {
    open(fragment, ATTENTION, attention::carried)
}

/// Opens a link to the steps of flash attention.
///
/// # Errors
///
/// Returns a sentence if the link is of a newer version, of another figure, or carries
/// damaged numbers.
pub fn open_flash(fragment: &str) -> Result<Opening, String> {
    open(fragment, FLASH, flash::carried)
}

/// Opens a link of a room. Each room has a module of its own, so that a reader fetches no
/// other's.
fn open(fragment: &str, (of, shown): Embeddable, carried: Carried) -> Result<Opening, String> {
    let (Address { room, pairs }, notices) = Address::parse(fragment);
    if !notices.is_empty() || room != of {
        return Err(words::no_such_embed_link(fragment));
    }
    let is_other = |found: &&str| *found != shown.name();
    if let Some(found) = pairs.get("figure").filter(is_other) {
        return Err(words::no_such_embed(found, shown.name()));
    }
    // An address that was escaped twice.
    if fragment.contains("&amp;") {
        return Err(words::EMBED_ESCAPED.to_owned());
    }
    let of_room = pairs.of_room();
    if let Some(data) = pairs.get("data").filter(|data| *data != "head") {
        return carried(data, &of_room).map(Opening::Ready);
    }
    // The site's own run is another one than the link speaks of.
    if ["prompt", "layer", "head"]
        .iter()
        .any(|key| pairs.get(key).is_some())
    {
        return Err(words::EMBED_CUT_OFF.to_owned());
    }
    let model = pairs.get("model").unwrap_or(DEFAULT_MODEL);
    if !link::is_model_name(model) {
        return Err(words::bad_link_value("model", model));
    }
    Ok(Opening::Awaited(Awaited {
        room,
        carried,
        model: model.to_owned(),
        pairs: of_room,
    }))
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
        (self.carried)(text.trim_end(), &self.pairs)
    }
}

/// Whether a figure can stand in someone else's page.
#[must_use]
pub fn can_be_embedded(figure: FigureId) -> bool {
    EMBEDDED.iter().any(|(_, embedded)| *embedded == figure)
}

/// The link of a figure as the page shows it now, with its numbers in it.
///
/// # Errors
///
/// Returns a sentence if the figure shows what no link carries.
pub fn link_of(state: &State, figure: FigureId) -> Result<EmbedLink, String> {
    let frame = &state.frame;
    let (room, parts) = if figure == ATTENTION.1 {
        (ATTENTION.0, attention::parts(&state.attention, frame)?)
    } else if figure == FLASH.1 {
        (FLASH.0, flash::parts(&state.flash, frame)?)
    } else {
        return Err(words::not_embedded(figure.name()));
    };
    let mut carried = Pairs::default();
    carried.put("data", parts.data);
    let name = room.name();
    let of_frame = link::write(frame).to_query();
    let (of_room, carried) = (parts.pairs.to_query(), carried.to_query());
    let credit = figure_words::credit(frame.shown_model(), &[], "");
    Ok(EmbedLink {
        fragment: format!("#/{name}?v={VERSION}{of_frame}{of_room}{carried}"),
        page_fragment: fragment_of(state),
        title: format!("{} ({credit})", parts.title),
        picture: parts.picture,
        note: parts.note,
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
