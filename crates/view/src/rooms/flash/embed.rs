//! The stage in someone else's page: play, step and scrub, with numbers that a link or a
//! file of the site carries, or random ones.

use half::f16;
use headlight_figure::files::Format;
use headlight_figure::{Element, Gesture, GestureKind, Shared, Size, phrase, plain};

use super::FlashAction;
use super::catalogue::FlashFigure;
use super::figures::{stage, transport};
use super::head_of::HeadOf;
use super::link;
use super::options::DataSource;
use super::player::{Moment, Player};
use super::sentence::sentence;
use super::state::FlashRoom;
use super::walk::walk;
use super::words;
use crate::answers::details::HeadInputs;
use crate::answers::head::{self, Head};
use crate::answers::run::Token;
use crate::frame::embed::{EmbedParts, Embedded};
use crate::frame::embed_data::{EmbedDataError, PayloadReader, PayloadWriter};
use crate::frame::link::Pairs;
use crate::frame::save::named;
use crate::frame::{Frame, figure_words, words as frame_words};

/// The stage, with what is played on it.
#[derive(Debug)]
pub(crate) struct EmbeddedStage {
    room: FlashRoom,
    frame: Frame,
    player: Player,
    /// The step that is shown, computed once.
    moment: Result<Moment, String>,
}

impl EmbeddedStage {
    /// The head whose numbers a link carries.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the text is damaged, or its numbers cannot be played.
    pub(crate) fn of_data(text: &str, pairs: &Pairs) -> Result<Self, String> {
        let read = read(text).map_err(|error| phrase::sentence(&error.to_string()))?;
        let (model, inputs, tokens) = read;
        Self::new(model, inputs, tokens, pairs)
    }

    /// Random numbers, or those that were typed, as the link says.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the link cannot be played.
    pub(crate) fn of_link(pairs: &Pairs) -> Result<Self, String> {
        Self::with(FlashRoom::default(), Frame::default(), pairs)
    }

    fn new(
        model: String,
        inputs: HeadInputs,
        tokens: Vec<Token>,
        pairs: &Pairs,
    ) -> Result<Self, String> {
        let (mut room, mut frame) = (FlashRoom::default(), Frame::default());
        let of = HeadOf {
            model: model.clone(),
            prompt: String::new(),
            head: Head {
                layer: inputs.layer,
                head: inputs.head,
            },
            ablations: Vec::new(),
        };
        frame.shown_model = Some(model);
        room.show_head(inputs, Some(of), true);
        room.tokens = (!tokens.is_empty()).then(|| Shared::new(tokens));
        Self::with(room, frame, pairs)
    }

    fn with(mut room: FlashRoom, frame: Frame, pairs: &Pairs) -> Result<Self, String> {
        let bad = link::read(&mut room, pairs);
        // `data` holds the numbers themselves here.
        if let Some(bad) = bad.iter().find(|bad| bad.key != "data") {
            return Err(frame_words::bad_link_value(&bad.key, &bad.value));
        }
        // One algorithm, and no lesson: what stands around a figure is the writer's.
        (room.compared, room.lesson) = (None, None);
        let player = Player::new(&room)?;
        let moment = moment_of(&player, &room);
        moment.as_ref().map_err(String::clone)?;
        Ok(Self {
            room,
            frame,
            player,
            moment,
        })
    }

    fn act(&mut self, action: FlashAction) {
        let before = self.player.step(&self.room);
        walk(&mut self.room, &action);
        if self.player.step(&self.room) != before {
            self.moment = moment_of(&self.player, &self.room);
        }
    }
}

/// The step that the room shows.
fn moment_of(player: &Player, room: &FlashRoom) -> Result<Moment, String> {
    let moment = player.moment(player.step(room));
    moment.map_err(|error| phrase::sentence(&error.to_string()))
}

/// Model, head and tokens of a payload: q, k and v follow as 16-bit floats, least
/// significant byte first.
fn read(text: &str) -> Result<(String, HeadInputs, Vec<Token>), EmbedDataError> {
    let mut payload = PayloadReader::unpack(text)?;
    let model = payload.text()?;
    let (layer, head) = (payload.number()?, payload.number()?);
    let (seq_len, d_head) = (payload.number()?, payload.number()?);
    let scale = payload.float()?;
    let tokens = payload.tokens()?;
    let n = seq_len.saturating_mul(d_head);
    let bytes = payload.rest("q, k and v", n.saturating_mul(6))?;
    let numbers = bytes.chunks_exact(2);
    let numbers = numbers.map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32());
    let numbers: Vec<f32> = numbers.collect();
    let part = |at: usize| numbers[at * n..(at + 1) * n].to_vec();
    let inputs = HeadInputs {
        layer,
        head,
        seq_len,
        d_head,
        scale,
        q: part(0),
        k: part(1),
        v: part(2),
    };
    if !tokens.is_empty() && tokens.len() != seq_len {
        let said = words::embedded_rows(tokens.len(), seq_len);
        return Err(EmbedDataError::Content(said));
    }
    Ok((model, inputs, tokens))
}

/// The text that carries the head that is played; `None` where the link itself says the
/// numbers.
///
/// # Errors
///
/// Returns a sentence if there is no head yet, or more than a link holds.
fn data_of(room: &FlashRoom, frame: &Frame) -> Result<Option<String>, String> {
    if room.source != DataSource::Head {
        return Ok(None);
    }
    let Some(inputs) = &room.head else {
        return Err(figure_words::NOTHING_TO_SAVE.to_owned());
    };
    let of = room.head_of.as_ref();
    if of.is_some_and(|of| !of.ablations.is_empty()) {
        return Err(figure_words::EMBED_WHOLE_MODEL.to_owned());
    }
    let model = of.map(|of| of.model.as_str());
    let mut payload = PayloadWriter::default();
    payload.put_text(model.unwrap_or(frame.shown_model()));
    for number in [inputs.layer, inputs.head, inputs.seq_len, inputs.d_head] {
        payload.put_number(number);
    }
    payload.put_float(inputs.scale);
    let tokens = room.tokens.as_ref();
    payload.put_tokens(tokens.map_or(&[][..], |tokens| tokens.as_slice()));
    let all = [&inputs.q, &inputs.k, &inputs.v].into_iter().flatten();
    let halves: Vec<f16> = all.map(|value| f16::from_f32(*value)).collect();
    if halves.iter().any(|half| !half.is_finite()) {
        return Err(words::EMBED_BEYOND_HALF.to_owned());
    }
    payload.put_bytes(halves.iter().flat_map(|half| half.to_le_bytes()));
    let text = payload.pack().map(Some);
    text.map_err(|error| phrase::sentence(&error.to_string()))
}

/// What a link to the stage says.
///
/// # Errors
///
/// Returns a sentence if there is no head yet, or more than a link holds.
pub(crate) fn parts(room: &FlashRoom, frame: &Frame) -> Result<EmbedParts, String> {
    let mut shown = room.clone();
    (shown.compared, shown.lesson) = (None, None);
    let figure = FlashFigure::Stage;
    Ok(EmbedParts {
        data: data_of(room, frame)?,
        pairs: link::write(&shown),
        title: words::embed_title(&room.options),
        picture: named(figure.into(), frame.shown_model(), "", Format::Svg),
        note: room.compared.map(|_| words::EMBED_ONE_STAGE),
    })
}

/// The stage whose numbers a text carries; a link can also say how to make them.
pub(crate) fn carried(text: &str, pairs: &Pairs) -> Result<Box<dyn Embedded>, String> {
    Ok(Box::new(match text {
        "random" | "typed" => EmbeddedStage::of_link(pairs)?,
        _ => EmbeddedStage::of_data(text, pairs)?,
    }))
}

impl Embedded for EmbeddedStage {
    fn title(&self) -> String {
        words::embed_title(&self.room.options)
    }

    fn sentence(&self) -> String {
        match &self.moment {
            Ok(moment) => plain(&sentence(&self.player, moment)),
            Err(error) => error.clone(),
        }
    }

    fn credit(&self) -> String {
        let Some(inputs) = self
            .room
            .head
            .as_ref()
            .filter(|_| self.room.source == DataSource::Head)
        else {
            return format!("{} \u{b7} {}", frame_words::PRODUCT, words::EMBED_OWN);
        };
        let head = head::dotted(Head {
            layer: inputs.layer,
            head: inputs.head,
        });
        let credit = figure_words::credit(self.frame.shown_model(), &[], "");
        format!("{credit}, head {head} \u{b7} {}", words::EMBED_ROUNDED)
    }

    fn spoken(&self) -> String {
        format!("{}. {}", words::STAGE, words::EMBED_KEYS)
    }

    fn drawing(&mut self, width_px: f64) -> Option<(Element, Size)> {
        let moment = self.moment.as_ref().ok()?;
        let row = super::row_shown(&self.player, moment, self.room.row);
        let stage = stage::stage(&self.player, moment, row, width_px);
        Some((stage.drawing, stage.size))
    }

    fn controls(&self) -> Option<Element> {
        let (step, n_steps) = (
            self.player.step(&self.room),
            self.player.schedule().n_events(),
        );
        let clock = words::clock_of(step, n_steps, None);
        let is_playing = self.is_playing();
        Some(transport::transport(step, n_steps, is_playing, clock))
    }

    fn on_gesture(&mut self, gesture: &Gesture, _width_px: f64) -> bool {
        let moment = self.moment.as_ref().ok();
        let at_row = moment.and_then(|moment| stage::on_gesture(gesture, &self.player, moment));
        let is_key = gesture.kind == GestureKind::Key && !transport::has_own(gesture);
        let by_key = || is_key.then(|| transport::on_key(&gesture.value, gesture.is_extending));
        let action = at_row
            .or_else(|| transport::on_gesture(gesture))
            .or_else(|| by_key().flatten());
        let is_action = action.is_some();
        if let Some(action) = action {
            self.act(action);
        }
        is_action
    }

    fn is_playing(&self) -> bool {
        self.room.playing.is_some()
    }

    fn tick(&mut self, elapsed_ms: f64) {
        self.act(FlashAction::Tick(elapsed_ms));
    }

    fn pause(&mut self) {
        self.room.playing = None;
    }
}
