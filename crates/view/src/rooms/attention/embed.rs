//! The attention map in someone else's page, from numbers that a link carries or a file of
//! the site.

use headlight_figure::files::Format;
use headlight_figure::{Element, Gesture, Shared, Size, phrase, plain};

use super::catalogue::AttentionFigure;
use super::figures::pattern::{self, Cells, Ground, Selection};
use super::figures::pattern_gesture;
use super::files::file_name;
use super::reduce::look;
use super::state::AttentionRoom;
use super::words;
use crate::answers::head::{self, Head};
use crate::answers::run::{Backend, MAX_WHOLE, Pattern, Run};
use crate::frame::embed::{EmbedParts, Embedded};
use crate::frame::embed_data::{EmbedDataError, PayloadReader, PayloadWriter};
use crate::frame::link::{Pairs, set};
use crate::frame::{Frame, figure_words, words as frame_words};

/// A weight is kept as so many parts of its square root: of small weights too the first
/// three digits stay.
const PARTS: f32 = 65_535.0;

/// The map, with what is selected in it.
#[derive(Debug)]
pub(crate) struct EmbeddedPattern {
    room: AttentionRoom,
    frame: Frame,
    /// The map without its selection, of the cells and in the width that it was drawn for.
    ground: Option<(Cells, f64, Ground)>,
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
        let n_weights = n * (n + 1) / 2;
        let bytes = payload.rest("weights", 2 * n_weights)?;
        let (high, low) = bytes.split_at(n_weights);
        let mut weights = vec![0.0; n * n];
        let mut parts = high.iter().zip(low);
        for query in 0..n {
            let row = weights[query * n..].iter_mut();
            for (weight, (high, low)) in row.zip(parts.by_ref().take(query + 1)) {
                *weight = (f32::from(u16::from_be_bytes([*high, *low])) / PARTS).powi(2);
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
        Self::new(model, run, pattern, pairs)
    }

    fn new(
        model: String,
        run: Run,
        pattern: Pattern,
        pairs: &Pairs,
    ) -> Result<Self, EmbedDataError> {
        let (mut room, mut frame) = (AttentionRoom::default(), Frame::default());
        frame.subject.head = pattern.head();
        frame.shown_model = Some(model);
        let n = run.seq_len();
        let place = |value: &str| value.parse().ok().filter(|place| *place < n);
        let bad = pairs.read(|key, value| match key {
            "row" => set(&mut room.row, place(value)),
            "col" => set(&mut room.col, place(value)),
            _ => true,
        });
        if let Some(bad) = bad.first() {
            let said = frame_words::bad_link_value(&bad.key, &bad.value);
            return Err(EmbedDataError::Content(said));
        }
        frame.subject.run = Some(Shared::new(run));
        room.show_only(pattern);
        Ok(Self {
            room,
            frame,
            ground: None,
        })
    }

    /// The map without its selection, drawn anew only where it is another: the pointer
    /// moves its marks alone.
    fn ground(&mut self, width_px: f64) -> &Ground {
        let cells = Cells::new(&self.room, &self.frame);
        let kept = self.ground.take();
        let kept = kept.filter(|(of, width, _)| *of == cells && *width == width_px);
        let kept = kept.unwrap_or_else(|| {
            let ground = cells.clone().ground(width_px);
            (cells, width_px, ground)
        });
        &self.ground.insert(kept).2
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

/// The map whose numbers a text carries.
pub(crate) fn carried(text: &str, pairs: &Pairs) -> Result<Box<dyn Embedded>, String> {
    let read = EmbeddedPattern::of_data(text, pairs);
    let read = read.map_err(|error| phrase::sentence(&error.to_string()))?;
    Ok(Box::new(read))
}

/// The text that carries the head and the prompt that are shown.
///
/// # Errors
///
/// Returns a sentence if there is nothing, or more than a link holds.
fn data_of(room: &AttentionRoom, frame: &Frame) -> Result<String, String> {
    let subject = &frame.subject;
    let n = subject.seq_len();
    let shown = subject.run.as_ref().zip(room.pattern(subject));
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
        return Err(figure_words::EMBED_WHOLE_MODEL.to_owned());
    }
    let mut payload = PayloadWriter::default();
    payload.put_text(frame.shown_model());
    payload.put_number(head.layer);
    payload.put_number(head.head);
    payload.put_tokens(&run.tokens);
    let cells = (0..n).flat_map(|query| (0..=query).map(move |key| (query, key)));
    let part = |(query, key)| {
        let weight = pattern.weight(query, key);
        (weight.clamp(0.0, 1.0).sqrt() * PARTS).round() as u16
    };
    let parts: Vec<[u8; 2]> = cells.map(|cell| part(cell).to_be_bytes()).collect();
    // All upper bytes first: those of a pattern are much alike, and pack well.
    payload.put_bytes(parts.iter().map(|[high, _]| *high));
    payload.put_bytes(parts.iter().map(|[_, low]| *low));
    let text = payload.pack();
    text.map_err(|error| phrase::sentence(&error.to_string()))
}

/// What a link to the map says.
///
/// # Errors
///
/// Returns a sentence if there is nothing, or more than a link holds.
pub(crate) fn parts(room: &AttentionRoom, frame: &Frame) -> Result<EmbedParts, String> {
    let (query, key) = room.cell(&frame.subject);
    let mut pairs = Pairs::default();
    pairs.put("row", Some(query));
    pairs.put("col", Some(key));
    Ok(EmbedParts {
        data: Some(data_of(room, frame)?),
        pairs,
        title: words::embed_title(frame.subject.head),
        picture: file_name(room, frame, AttentionFigure::Pattern, Format::Svg),
        note: None,
    })
}

impl Embedded for EmbeddedPattern {
    fn title(&self) -> String {
        words::embed_title(self.frame.subject.head)
    }

    fn sentence(&self) -> String {
        let row = plain(&self.room.sentence(&self.frame.subject).unwrap_or_default());
        let selection = Selection::new(&self.room, &self.frame.subject);
        // The row's strongest cell is what the sentence is about.
        let cell = self
            .room
            .col
            .and_then(|_| selection.spoken(selection.cell()));
        cell.map_or(row.clone(), |cell| format!("{row} Selected: {cell}."))
    }

    fn credit(&self) -> String {
        let credit = figure_words::credit(self.frame.shown_model(), &[], "");
        let head = head::dotted(self.frame.subject.head);
        format!("{credit}, head {head} \u{b7} {}", words::EMBED_ROUNDED)
    }

    fn spoken(&self) -> String {
        let selection = Selection::new(&self.room, &self.frame.subject);
        let said = selection.spoken(selection.cell()).unwrap_or_default();
        format!("{said}. {}", words::MAP_KEYS)
    }

    fn drawing(&mut self, width_px: f64) -> Option<(Element, Size)> {
        let selection = Selection::new(&self.room, &self.frame.subject);
        Some(pattern::drawing(self.ground(width_px), &selection))
    }

    fn marks(&mut self, width_px: f64) -> Option<(Element, Size)> {
        let hover = self.room.hover?;
        let selection = Selection::new(&self.room, &self.frame.subject);
        pattern::hovered(self.ground(width_px), &selection, hover)
    }

    fn on_gesture(&mut self, gesture: &Gesture, width_px: f64) -> bool {
        self.ground(width_px);
        let Some((_, _, ground)) = &self.ground else {
            return false;
        };
        let subject = &self.frame.subject;
        let action = pattern_gesture::on_gesture(gesture, ground, &self.room, subject);
        let is_action = action.is_some();
        if let Some(action) = action {
            // There is nobody to ask for more.
            look(&mut self.room, &self.frame.subject, &action);
        }
        is_action
    }
}
