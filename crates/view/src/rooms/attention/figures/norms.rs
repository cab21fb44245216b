//! The residual stream at one position: how long it is, and how long what each
//! attention and each MLP adds to it.
//!
//! Bars stand in the order of the computation. A stream that leaves one block
//! and enters the next is one bar, not two.

use headlight_activations::{HookPoint, Site};

use crate::answers::run::{ResidualNorm, Run, Token};
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::words as room_words;
use headlight_figure::number::{fixed, full, percent};
use headlight_figure::order;
use headlight_figure::table::{Column, Table};
use headlight_figure::{
    BarList, Element, FigureId, LABEL, LabelledBar, NUMBER, Size, Tone, widest,
};

/// What the page says about the norms.
mod words {
    pub(crate) const EMBED: &str = "token embedding";
    pub(crate) const POS_EMBED: &str = "position embedding";

    pub(crate) fn attention(layer: usize) -> String {
        format!("attention of layer {layer}")
    }

    pub(crate) fn mlp(layer: usize) -> String {
        format!("MLP of layer {layer}")
    }

    pub(crate) fn entering(layer: usize) -> String {
        format!("stream before layer {layer}")
    }

    pub(crate) fn between(layer: usize) -> String {
        format!("stream within layer {layer}")
    }

    pub(crate) fn leaving(layer: usize) -> String {
        format!("stream after layer {layer}")
    }

    pub(crate) fn adds_most(at: &str, what: &str, share: &str) -> String {
        format!("At {at}, the {what} adds most for its place: {share} the stream it is added to")
    }

    pub(crate) fn as_long(percent: &str) -> String {
        format!("{percent} of the length of")
    }

    pub(crate) fn times_as_long(times: &str) -> String {
        format!("{times} times as long as")
    }

    pub(crate) fn grows(from: &str, to: &str) -> String {
        format!(". The stream goes from length {from} to {to}")
    }
}

/// Least width of the drawing, in pixels.
const NARROWEST: f64 = 200.0;
/// Most of the width that names take.
const NAMES: f64 = 0.55;

/// What a bar measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamPart {
    /// The stream itself.
    Stream,
    /// Something that is added to it.
    Added,
}

/// One norm.
#[derive(Clone, Debug, PartialEq)]
pub struct NormBar {
    /// Hook point of the vector.
    pub hook: HookPoint,
    /// The part in words.
    pub label: String,
    /// Part of the stream that is measured.
    pub part: StreamPart,
    /// The norm.
    pub norm: f64,
    /// The norm as text.
    pub text: String,
    /// What is added over the stream it is added to; `None` for a stream, and for
    /// embeddings, which are added to nothing.
    pub relative: Option<f64>,
}

/// The norms of one position, in the order of the computation.
#[must_use]
pub fn bars(norms: &[ResidualNorm], pos: usize) -> Vec<NormBar> {
    let here = norms.iter().filter(|norm| norm.pos == pos);
    let mut parts: Vec<(ResidualNorm, StreamPart)> = here
        .filter_map(|norm| Some((*norm, part(norm.hook)?)))
        .collect();
    // The order of these hook points is that of the computation.
    order::sort_by_key(&mut parts, |(norm, _)| norm.hook);
    parts.dedup_by_key(|(norm, _)| norm.hook);
    let repeats = |norm: &ResidualNorm| {
        let leaving = entered_from(norm.hook);
        leaving.is_some_and(|leaving| parts.iter().any(|(other, _)| other.hook == leaving))
    };
    let kept: Vec<&(ResidualNorm, StreamPart)> =
        parts.iter().filter(|(norm, _)| !repeats(norm)).collect();
    let mut stream = None;
    let bar = |(norm, part): &(ResidualNorm, StreamPart)| {
        let relative = match part {
            StreamPart::Stream => {
                stream = Some(norm.norm);
                None
            }
            StreamPart::Added => stream
                .filter(|stream| *stream > 0.0)
                .map(|stream| norm.norm / stream),
        };
        NormBar {
            hook: norm.hook,
            label: name(norm.hook),
            part: *part,
            norm: norm.norm,
            text: fixed(norm.norm, 2),
            relative,
        }
    };
    kept.into_iter().map(bar).collect()
}

/// Which attention or MLP adds most relative to the stream, and how the stream
/// grows, in one sentence; `None` where nothing is added to a known stream.
#[must_use]
pub fn sentence(tokens: &[Token], norms: &[ResidualNorm], pos: usize) -> Option<String> {
    let bars = bars(norms, pos);
    let added = bars.iter().filter_map(|bar| Some((bar, bar.relative?)));
    let (most, share) = added.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let share = if share < 1.0 {
        words::as_long(&percent(share))
    } else {
        words::times_as_long(&fixed(share, 2))
    };
    let mut said = words::adds_most(&sentence::name(tokens, pos), &most.label, &share);
    let mut streams = bars.iter().filter(|bar| bar.part == StreamPart::Stream);
    if let (Some(first), Some(last)) = (streams.next(), streams.next_back()) {
        said.push_str(&words::grows(&first.text, &last.text));
    }
    said.push('.');
    Some(said)
}

/// The norms of one position in `width_px` pixels, those of the stream thin and quiet,
/// and the room that they take; `None` without any.
#[must_use]
pub fn drawing(norms: &[ResidualNorm], pos: usize, width_px: f64) -> Option<(Element, Size)> {
    let norms = bars(norms, pos);
    if norms.is_empty() {
        return None;
    }
    // Whole pixels, so that a file says exactly how wide its drawing is.
    let width = width_px.max(NARROWEST).floor();
    let largest = norms.iter().map(|bar| bar.norm).fold(0.0, f64::max);
    let bars: Vec<LabelledBar> = norms.into_iter().map(line).collect();
    let names = widest(&LABEL, bars.iter().map(LabelledBar::name));
    let list = BarList {
        width,
        names: names.min((width * NAMES).floor()),
        numbers: widest(&NUMBER, bars.iter().map(LabelledBar::number)),
    };
    // From zero, also where nothing has a length.
    let most = if largest > 0.0 { largest } else { 1.0 };
    let drawn = list.draw(&bars, &list.scale((0.0, most)), 0.0);
    let height = BarList::height(bars.len());
    Some((drawn, Size { width, height }))
}

fn line(bar: NormBar) -> LabelledBar {
    let line = LabelledBar::new(bar.label, Some(bar.norm), bar.text);
    match bar.part {
        StreamPart::Stream => line.tone(Tone::Soft).thin().quiet(),
        StreamPart::Added => line,
    }
}

/// Height of the drawing, before its width is known.
#[must_use]
pub fn height(norms: &[ResidualNorm], pos: usize) -> f64 {
    BarList::height(bars(norms, pos).len())
}

/// The figure in a width; `None` without a norm.
#[must_use]
pub fn figure(
    run: &Run,
    pos: usize,
    width_px: f64,
    credit: String,
) -> Option<headlight_figure::Figure> {
    let (drawing, size) = drawing(&run.residual, pos, width_px)?;
    Some(headlight_figure::Figure {
        id: FigureId(AttentionFigure::Norms.name()),
        title: catalogue::title(AttentionFigure::Norms).into(),
        sentence: sentence(&run.tokens, &run.residual, pos).unwrap_or_default(),
        drawing,
        size,
        table: table(run, pos),
        credit,
    })
}

/// The norms of one position.
#[must_use]
pub fn table(run: &Run, pos: usize) -> Table {
    Table::new(room_words::NORMS, &COLUMNS, rows(&run.residual, pos))
}

/// Heads of the columns of [`rows`].
pub const COLUMNS: [Column; 4] = [
    Column::text("where"),
    Column::value("position"),
    Column::value("norm"),
    Column::value("relative to the stream before"),
];

/// The bars of one position in full.
#[must_use]
pub fn rows(norms: &[ResidualNorm], pos: usize) -> Vec<Vec<String>> {
    let row = |bar: NormBar| {
        vec![
            bar.hook.to_string(),
            pos.to_string(),
            full(bar.norm),
            bar.relative.map(full).unwrap_or_default(),
        ]
    };
    bars(norms, pos).into_iter().map(row).collect()
}

/// What a place measures; `None` for one that is no part of the stream.
const fn part(hook: HookPoint) -> Option<StreamPart> {
    match hook {
        HookPoint::Embed | HookPoint::PosEmbed => Some(StreamPart::Added),
        HookPoint::Block { site, .. } => match site {
            Site::ResidPre | Site::ResidMid | Site::ResidPost => Some(StreamPart::Stream),
            Site::AttnOut | Site::MlpOut => Some(StreamPart::Added),
            _ => None,
        },
        HookPoint::LnFinalScale | HookPoint::LnFinalNormalized => None,
    }
}

/// For the stream that enters a block: where it left the one before.
fn entered_from(hook: HookPoint) -> Option<HookPoint> {
    match hook {
        HookPoint::Block {
            layer,
            site: Site::ResidPre,
        } => Some(HookPoint::block(layer.checked_sub(1)?, Site::ResidPost)),
        _ => None,
    }
}

fn name(hook: HookPoint) -> String {
    match hook {
        HookPoint::Embed => words::EMBED.to_owned(),
        HookPoint::PosEmbed => words::POS_EMBED.to_owned(),
        HookPoint::Block { layer, site } => match site {
            Site::AttnOut => words::attention(layer),
            Site::MlpOut => words::mlp(layer),
            Site::ResidPre => words::entering(layer),
            Site::ResidMid => words::between(layer),
            _ => words::leaving(layer),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, rect, svg};

    fn norm(hook: HookPoint, norm: f64) -> ResidualNorm {
        ResidualNorm { hook, pos: 1, norm }
    }

    fn block(layer: usize, site: Site, value: f64) -> ResidualNorm {
        norm(HookPoint::block(layer, site), value)
    }

    /// Two blocks, not in order.
    fn norms() -> Vec<ResidualNorm> {
        vec![
            block(1, Site::ResidPost, 8.0),
            block(0, Site::ResidPre, 2.0),
            block(0, Site::AttnOut, 1.0),
            block(0, Site::ResidMid, 2.5),
            block(0, Site::MlpOut, 3.0),
            block(0, Site::ResidPost, 4.0),
            block(1, Site::ResidPre, 4.0),
            block(1, Site::AttnOut, 1.0),
            block(1, Site::ResidMid, 5.0),
            block(1, Site::MlpOut, 4.0),
            norm(HookPoint::Embed, 1.5),
            norm(HookPoint::LnFinalNormalized, 100.0),
            ResidualNorm {
                pos: 0,
                ..block(0, Site::ResidPre, 50.0)
            },
        ]
    }

    #[test]
    fn bars_stand_in_the_order_of_the_computation_and_no_stream_twice() {
        let labels: Vec<String> = bars(&norms(), 1).into_iter().map(|bar| bar.label).collect();
        assert_eq!(
            labels,
            [
                "token embedding",
                "stream before layer 0",
                "attention of layer 0",
                "stream within layer 0",
                "MLP of layer 0",
                "stream after layer 0",
                "attention of layer 1",
                "stream within layer 1",
                "MLP of layer 1",
                "stream after layer 1",
            ]
        );
    }

    #[test]
    fn what_is_added_is_compared_with_the_stream_just_before_it() {
        let bars = bars(&norms(), 1);
        let relative: Vec<f64> = bars.iter().filter_map(|bar| bar.relative).collect();
        assert_eq!(relative, [0.5, 1.2, 0.25, 0.8]);
        assert_eq!(bars[0].relative, None);
    }

    #[test]
    fn other_positions_do_not_count() {
        assert_eq!(bars(&norms(), 1).last().unwrap().norm, 8.0);
        assert!(bars(&norms(), 7).is_empty());
        assert_eq!(drawing(&norms(), 7, 300.0), None);
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let mut run = run(&["Lily", " ran"]);
        run.residual = norms();
        let figure = figure(&run, 1, 352.0, "Headlight".to_owned()).unwrap();
        assert_eq!(figure.size.height, height(&run.residual, 1));
        let file = svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        expect_file!["snapshots/norms.svg"].assert_eq(&file);
    }

    #[test]
    fn without_the_stream_within_both_are_compared_with_what_enters() {
        let mut parallel = norms();
        parallel.retain(|norm| {
            !matches!(
                norm.hook,
                HookPoint::Block {
                    site: Site::ResidMid,
                    ..
                }
            )
        });
        let relative: Vec<f64> = bars(&parallel, 1)
            .iter()
            .filter_map(|bar| bar.relative)
            .collect();
        assert_eq!(relative, [0.5, 1.5, 0.25, 1.0]);
    }

    #[test]
    fn the_sentence_names_what_adds_most_for_its_place() {
        let run = run(&["Lily", " ran"]);
        assert_eq!(
            sentence(&run.tokens, &norms(), 1).unwrap(),
            "At “ran”, the MLP of layer 0 adds most for its place: 1.20 times as long as \
             the stream it is added to. The stream goes from length 2.00 to 8.00."
        );
        let mut small = norms();
        small.retain(|norm| norm.hook != HookPoint::block(0, Site::MlpOut));
        let said = sentence(&run.tokens, &small, 1).unwrap();
        assert!(said.contains("MLP of layer 1 adds most"), "{said}");
        assert!(
            said.contains("80.0\u{a0}% of the length of the stream"),
            "{said}"
        );
        assert_eq!(sentence(&run.tokens, &norms(), 0), None);
    }

    #[test]
    fn norms_of_zero_are_bars_without_length() {
        let zeros = [block(0, Site::ResidPre, 0.0), block(0, Site::AttnOut, 0.0)];
        let (drawn, _) = drawing(&zeros, 1, 300.0).unwrap();
        let mark = format!("{:?}", rect(0.0, 0.0, 0.0, 0.0).attributes[2]);
        assert_eq!(format!("{drawn:?}").matches(&mark).count(), 2, "{drawn:?}");
        assert!(bars(&zeros, 1).iter().all(|bar| bar.relative.is_none()));
    }

    #[test]
    fn the_table_holds_norms_in_full() {
        let third = [block(0, Site::ResidPre, 3.0), block(0, Site::AttnOut, 1.0)];
        let rows = rows(&third, 1);
        assert!(rows.iter().all(|row| row.len() == COLUMNS.len()));
        assert_eq!(rows[0], ["blocks.0.hook_resid_pre", "1", "3", ""]);
        assert_eq!(
            rows[1][3].parse::<f64>().unwrap().to_bits(),
            (1.0_f64 / 3.0).to_bits()
        );
    }
}
