//! The attention map in someone else's page, from numbers that a link carries or a file of
//! the site.

use headlight_figure::{Element, Gesture, Size, phrase, plain};

use super::figures::pattern::{self, Cells, Selection};
use super::figures::pattern_gesture;
use super::reduce::look;
use super::state::AttentionRoom;
use super::words;
use crate::answers::head::{self, Head};
use crate::answers::run::{Backend, MAX_WHOLE, Pattern, Run};
use crate::frame::embed::Embedded;
use crate::frame::embed_data::{EmbedDataError, PayloadReader, PayloadWriter};
use crate::frame::link::{Pairs, set};
use crate::frame::{Frame, figure_words};

/// Greatest value of a byte: a weight is kept as that many parts of its square root.
const PARTS: f32 = 255.0;

/// The map, with what is selected in it.
#[derive(Debug)]
pub(crate) struct EmbeddedPattern {
    room: AttentionRoom,
    frame: Frame,
}

impl EmbeddedPattern {
    /// The head whose numbers a link carries.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is damaged, or holds other than a pattern.
    pub(crate) fn of_data(text: &str, pairs: &Pairs) -> Result<Self, EmbedDataError> {
        let mut payload = PayloadReader::unpack(text)?;
        let model = payload.text()?;
        let head = Head {
            layer: payload.number()?,
            head: payload.number()?,
        };
        let tokens = payload.tokens()?;
        let n = tokens.len();
        if n == 0 || n > MAX_WHOLE {
            let said = words::embedded_tokens(n);
            return Err(EmbedDataError::Content(said));
        }
        let bytes = payload.rest("weights", n * (n + 1) / 2)?;
        let mut weights = vec![0.0; n * n];
        let mut parts = bytes.iter();
        for query in 0..n {
            for (weight, part) in weights[query * n..]
                .iter_mut()
                .zip(parts.by_ref().take(query + 1))
            {
                *weight = (f32::from(*part) / PARTS).powi(2);
            }
        }
        let pattern = Pattern::new(head, n, weights, vec![0.0; n]);
        let pattern = pattern.map_err(|error| EmbedDataError::Content(error.to_string()))?;
        let run = Run {
            id: 0,
            backend: Backend::Cpu,
            tokens,
            next: Vec::new(),
            nll: vec![None; n],
            perplexity: None,
            residual: Vec::new(),
            clean: None,
            elapsed_ms: 0.0,
        };
        Ok(Self::new(model, run, pattern, pairs))
    }

    fn new(model: String, run: Run, pattern: Pattern, pairs: &Pairs) -> Self {
        let (mut room, mut frame) = (AttentionRoom::default(), Frame::default());
        frame.subject.head = pattern.head();
        frame.shown_model = Some(model);
        drop(pairs.read(|key, value| match key {
            "row" => set(&mut room.row, value.parse().ok()),
            "col" => set(&mut room.col, value.parse().ok()),
            _ => true,
        }));
        room.show(&mut frame.subject, run, Some(pattern));
        Self { room, frame }
    }
}

#[cfg(test)]
impl EmbeddedPattern {
    /// Weight of a pair.
    pub(crate) fn weight(&self, query: usize, key: usize) -> f32 {
        let pattern = self.room.pattern(&self.frame.subject);
        pattern.map_or(f32::NAN, |pattern| pattern.weight(query, key))
    }
}

/// The text that carries the head and the prompt that are shown.
///
/// # Errors
///
/// Returns a sentence if there is nothing, or more than a link holds.
pub(crate) fn data_of(room: &AttentionRoom, frame: &Frame) -> Result<String, String> {
    let subject = &frame.subject;
    let n = subject.seq_len();
    let shown = subject.run.as_ref().zip(room.drawn_pattern(subject));
    let Some((run, pattern)) = shown.filter(|(_, pattern)| pattern.seq_len() == n) else {
        return Err(figure_words::NOTHING_TO_SAVE.to_owned());
    };
    if n > MAX_WHOLE {
        return Err(words::embedded_tokens(n));
    }
    let [head] = room.heads(subject)[..] else {
        return Err(words::EMBED_ONE_HEAD.to_owned());
    };
    if !subject.ablations.is_empty() {
        return Err(words::EMBED_WHOLE_MODEL.to_owned());
    }
    let mut payload = PayloadWriter::default();
    payload.put_text(frame.shown_model());
    payload.put_number(head.layer);
    payload.put_number(head.head);
    payload.put_tokens(&run.tokens);
    let cells = (0..n).flat_map(|query| (0..=query).map(move |key| (query, key)));
    let part = |(query, key)| {
        let weight = pattern.weight(query, key);
        (weight.clamp(0.0, 1.0).sqrt() * PARTS).round() as u8
    };
    payload.put_bytes(cells.map(part));
    let text = payload.pack();
    text.map_err(|error| phrase::sentence(&error.to_string()))
}

/// The room's keys of a figure's own link.
pub(crate) fn pairs_of(room: &AttentionRoom, frame: &Frame) -> Pairs {
    let (query, key) = room.cell(&frame.subject);
    let mut pairs = Pairs::default();
    pairs.put("row", Some(query));
    pairs.put("col", Some(key));
    pairs
}

impl Embedded for EmbeddedPattern {
    fn title(&self) -> String {
        words::head_title(self.frame.subject.head)
    }

    fn sentence(&self) -> String {
        plain(&self.room.sentence(&self.frame.subject).unwrap_or_default())
    }

    fn credit(&self) -> String {
        let credit = figure_words::credit(self.frame.shown_model());
        let head = head::dotted(self.frame.subject.head);
        format!("{credit}, head {head} \u{b7} {}", words::EMBED_ROUNDED)
    }

    fn spoken(&self) -> String {
        let selection = Selection::new(&self.room, &self.frame.subject);
        let said = selection.spoken(selection.cell()).unwrap_or_default();
        format!("{said}. {}", words::MAP_KEYS)
    }

    fn drawings(&self, width_px: f64) -> [Option<(Element, Size)>; 2] {
        let ground = Cells::new(&self.room, &self.frame).ground(width_px);
        let selection = Selection::new(&self.room, &self.frame.subject);
        let hover = self.room.hover;
        let marks = hover.and_then(|cell| pattern::hovered(&ground, &selection, cell));
        [Some(pattern::drawing(&ground, &selection)), marks]
    }

    fn controls(&self) -> Option<Element> {
        None
    }

    fn on_gesture(&mut self, gesture: &Gesture, width_px: f64) -> bool {
        let ground = Cells::new(&self.room, &self.frame).ground(width_px);
        let subject = &self.frame.subject;
        let action = pattern_gesture::on_gesture(gesture, &ground, &self.room, subject);
        let is_action = action.is_some();
        if let Some(action) = action {
            // There is nobody to ask for more.
            look(&mut self.room, &self.frame.subject, &action);
        }
        is_action
    }
}
