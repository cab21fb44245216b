//! The files of the Attention room's figures: their names, and what their numbers are about.

use headlight_activations::Edit;
use headlight_figure::files::Format;
use headlight_figure::table::Table;
use serde::Serialize;

use super::state::AttentionRoom;
use super::tables::TableSource;
use crate::answers::head;
use crate::answers::run::Backend;
use crate::frame::Frame;
use crate::frame::effect::Effect;
use crate::frame::figure_words;
use crate::frame::save::{Content, Numbers, SaveRequest, named};
use crate::rooms::attention::catalogue::AttentionFigure;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::figures::atlas::Atlas;
use crate::rooms::attention::figures::atlas_drawing::HeadChoice;
use crate::rooms::attention::figures::lens::Lens;
use crate::rooms::attention::figures::lines::TokenLines;
use crate::rooms::attention::figures::next_list::NextList;
use crate::rooms::attention::figures::product::Product;
use crate::rooms::attention::figures::steps::Steps;
use crate::rooms::attention::figures::{
    attribution, lens_drawing, norms, pattern, perplexity, surprise,
};

/// The numbers of a figure of the room; `None` if they have not arrived.
#[must_use]
pub fn numbers(room: &AttentionRoom, frame: &Frame, figure: AttentionFigure) -> Option<Numbers> {
    let table = TableSource::new(room, frame, figure)?.table();
    let about = AboutRun::new(room, frame, figure, &table).to_json();
    Some(Numbers { about, table })
}

/// A figure of the room as a value in a width, from what is shown now; `None` before it has
/// numbers.
#[must_use]
pub fn figure(
    room: &AttentionRoom,
    frame: &Frame,
    figure: AttentionFigure,
    width_px: f64,
) -> Option<headlight_figure::Figure> {
    let run = frame.subject.run.as_ref()?;
    let truth = frame.subject.truth.known();
    let query = room.query(&frame.subject);
    let credit = frame.credit();
    match figure {
        AttentionFigure::Pattern => {
            let table = TableSource::new(room, frame, figure)?.table();
            pattern::figure(room, frame, width_px, table, credit)
        }
        AttentionFigure::Perplexity => {
            perplexity::figure(run, truth.as_deref(), query, width_px, credit)
        }
        AttentionFigure::Lines => {
            let pattern = room.pattern(&frame.subject);
            let pattern = pattern.filter(|pattern| pattern.seq_len() == run.seq_len())?;
            let queries = room.queries(&frame.subject);
            let lines = TokenLines::new(&pattern, query, &queries, room.scope);
            let head = room.head_name(&frame.subject);
            Some(lines.figure(&run.tokens, &head, width_px, credit))
        }
        AttentionFigure::Surprise => {
            let truth = truth.as_deref();
            Some(surprise::figure(run, truth, query, width_px, credit))
        }
        AttentionFigure::Next => {
            let list = NextList {
                run,
                truth: &frame.subject.truth,
                cuts: room.details.cuts.as_deref(),
                sampling: frame.subject.sampling,
                chosen: room.marked_next(&frame.subject),
            };
            list.figure(
                width_px,
                TableSource::new(room, frame, figure)?.table(),
                credit,
            )
        }
        AttentionFigure::Steps => {
            let source = TableSource::new(room, frame, figure)?;
            let TableSource::Steps(run, pattern, query) = &source else {
                return None;
            };
            let steps = Steps::new(&run.tokens, pattern, *query)?;
            let key = room.key(&frame.subject);
            Some(steps.figure(room.step, key, width_px, source.table(), credit))
        }
        AttentionFigure::Product => {
            let source = TableSource::new(room, frame, figure)?;
            let TableSource::Product(found) = &source else {
                return None;
            };
            let product = Product::new(found);
            Some(product.figure(&run.tokens, width_px, source.table(), credit))
        }
        AttentionFigure::Lens => {
            let lens = Lens::new(room.details.lens.as_ref()?.to_vec());
            lens_drawing::figure(run, &lens, query, width_px, credit)
        }
        AttentionFigure::Attribution => {
            let found = room.details.attribution.as_ref()?;
            attribution::figure(run, found, room.order, width_px, credit)
        }
        AttentionFigure::Norms => norms::figure(run, query, width_px, credit),
        AttentionFigure::Atlas => {
            let all = &room.details.atlas;
            let (n_layers, n_heads) = frame.grid_of_heads();
            let atlas = Atlas::new(all, n_layers, n_heads, run.seq_len(), room.sort);
            let table = TableSource::new(room, frame, figure)?.table();
            let choice = HeadChoice::new(room, frame);
            Some(atlas.figure(&choice, width_px, table, credit))
        }
    }
}

/// Has a figure of the room saved, or says that it has no numbers yet.
pub(crate) fn save(
    room: &AttentionRoom,
    frame: &mut Frame,
    figure: AttentionFigure,
    format: Format,
) {
    if TableSource::new(room, frame, figure).is_none() {
        frame.tell(figure_words::NOTHING_TO_SAVE.to_owned());
        return;
    }
    let content = match format {
        Format::Svg | Format::Png => Content::FigureOf(figure.into()),
        Format::Csv | Format::Json => Content::NumbersOf(figure.into()),
    };
    let request = SaveRequest {
        content,
        format,
        name: file_name(room, frame, figure, format),
    };
    frame.effects.push(Effect::Save(request));
}

/// How the weights were prepared, as exports of other tools name it.
const WEIGHT_PROCESSING: &str = "raw weights";

/// Name of the file that a figure is saved as, such as
/// `headlight-attention-pattern-stories-3.2.svg`.
///
/// The head is named where the figure is of one head. Whatever a model is called,
/// the name is one of a file, in lower case ASCII as far as it is ours.
#[must_use]
pub fn file_name(
    room: &AttentionRoom,
    frame: &Frame,
    figure: AttentionFigure,
    format: Format,
) -> String {
    let of_head = match (figure, room.heads(&frame.subject).as_slice()) {
        (
            AttentionFigure::Pattern
            | AttentionFigure::Lines
            | AttentionFigure::Steps
            | AttentionFigure::Product,
            [head],
        ) => {
            format!("-{}", head::dotted(*head))
        }
        (
            AttentionFigure::Pattern
            | AttentionFigure::Lines
            | AttentionFigure::Steps
            | AttentionFigure::Product,
            several,
        ) => {
            format!("-mean-of-{}-heads", several.len())
        }
        _ => String::new(),
    };
    let of_head = match figure {
        AttentionFigure::Pattern if room.shown_view(&frame.subject) == View::Change => {
            format!("{of_head}-change")
        }
        _ if !frame.subject.ablations.is_empty() => format!("{of_head}-edited"),
        _ => of_head,
    };
    named(figure.into(), frame.shown_model(), &of_head, format)
}

/// What the numbers are about.
#[derive(Debug, Serialize)]
struct AboutRun<'a> {
    figure: &'static str,
    model: &'a str,
    prompt: &'a str,
    layer: usize,
    head: usize,
    /// The heads whose mean is shown, where they are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mean_over: Vec<String>,
    /// The selected position.
    pos: usize,
    /// Every selected position, where the figure shows several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    positions: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<u32>,
    edits: Vec<Edit>,
    backend: Option<&'static str>,
    is_recorded: bool,
    weight_processing: &'static str,
    caption: &'a str,
}

impl<'a> AboutRun<'a> {
    fn new(
        room: &'a AttentionRoom,
        frame: &'a Frame,
        figure: AttentionFigure,
        table: &'a Table,
    ) -> Self {
        let run = frame.subject.run.as_ref();
        let heads = room.heads(&frame.subject);
        let n_heads = heads.len();
        let mean_over = heads.into_iter().filter(|_| n_heads > 1);
        let positions = room.queries(&frame.subject);
        let is_of_several = figure == AttentionFigure::Lines && positions.len() > 1;
        let positions = positions.into_iter();
        let compared = room.details.attribution.as_ref();
        let compared = compared.filter(|_| figure == AttentionFigure::Attribution);
        Self {
            figure: figure.name(),
            model: frame.shown_model(),
            prompt: &frame.shown_prompt,
            layer: frame.subject.head.layer,
            head: frame.subject.head.head,
            mean_over: mean_over.map(head::dotted).collect(),
            pos: room.query(&frame.subject),
            positions: positions.filter(|_| is_of_several).collect(),
            token: compared.map(|compared| compared.token),
            against: compared.map(|compared| compared.against),
            edits: frame.subject.ablations.iter().map(|it| it.edit()).collect(),
            backend: run.map(|run| match run.backend {
                Backend::Cpu => "cpu",
                Backend::Gpu => "gpu",
            }),
            is_recorded: run.is_some_and(|run| run.is_recorded()),
            weight_processing: WEIGHT_PROCESSING,
            caption: &table.caption,
        }
    }

    fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use crate::State;
    use headlight_activations::{
        Attribution, Component, Contribution, HookPoint, LensRow, Site, TokenProb,
    };
    use headlight_figure::Shared;
    use headlight_figure::files::json;
    use serde_json::{Value, json as value};

    use super::*;
    use crate::answers::details::QueryKey;
    use crate::answers::head::Head;
    use crate::answers::run::ResidualNorm;
    use crate::answers::run::tests::{pattern, run};
    use crate::rooms::attention::choices::View;
    use crate::rooms::attention::figures::steps::RowStep;
    use crate::session::{BackendChoice, Session};

    fn exported(state: &State, figure: AttentionFigure) -> Value {
        let table = Table::new("a table", &[], Vec::new());
        let about = AboutRun::new(&state.attention, &state.frame, figure, &table).to_json();
        serde_json::from_str(&json(&about, &table)).unwrap()
    }

    #[test]
    fn an_export_says_what_it_is_about() {
        let mut state = State::default();
        state.frame.shown_prompt = "say \"hi\",\r\n<b>".to_owned();
        let read = exported(&state, AttentionFigure::Next);
        assert_eq!(read["prompt"], state.frame.shown_prompt);
        assert_eq!(read["figure"], "attention.next");
        assert_eq!(read["weight_processing"], "raw weights");
    }

    #[test]
    fn an_export_says_what_was_taken_out_and_what_computed() {
        let mut state = State::default();
        state.attention.show(
            &mut state.frame.subject,
            run(&["a", " b"]),
            Some(pattern(2)),
        );
        state.frame.subject.ablations = vec!["1.2:mean".parse().unwrap()];
        let read = exported(&state, AttentionFigure::Next);
        assert_eq!(
            read["edits"],
            value!([{"hook": "blocks.1.attn.hook_z", "head": 2, "pos": "all", "op": "mean"}])
        );
        assert_eq!(
            (&read["backend"], &read["rows"]),
            (&value!("cpu"), &value!([]))
        );
    }

    #[test]
    fn every_figure_comes_as_a_value_once_its_numbers_have_arrived() {
        let mut state = State::default();
        let subject = &mut state.frame.subject;
        let pattern = pattern(3);
        subject.head = pattern.head();
        let mut run = run(&["a", " b", " c"]);
        let hook = HookPoint::block(0, Site::ResidPost);
        let residual = |pos| ResidualNorm {
            hook,
            pos,
            norm: 1.0,
        };
        run.residual = (0..3).map(residual).collect();
        state.attention.show(subject, run, Some(pattern));
        let details = &mut state.attention.details;
        details.lens = Some(Shared::new(vec![LensRow {
            hook,
            pos: 2,
            top: vec![TokenProb {
                id: 1,
                text: " b".to_owned(),
                prob: 0.5,
            }],
            answer_prob: None,
        }]));
        details.attribution = Some(Shared::new(Attribution {
            token: 1,
            against: 2,
            logit_difference: 1.0,
            components: vec![Contribution {
                component: Component::Embed,
                value: 1.0,
            }],
            sum: 1.0,
        }));
        // A query and a key are multiplied where the scores of a row are looked at.
        (state.attention.view, state.attention.step) = (View::Steps, RowStep::Scores);
        let cell = state.attention.multiplied_cell(&state.frame.subject);
        let (head, query, key) = cell.unwrap();
        state.attention.details.query_key = Some(Shared::new(QueryKey {
            layer: head.layer,
            head: head.head,
            query,
            key,
            q: vec![1.0, 2.0],
            k: vec![0.5, -1.0],
            scale: 0.5,
        }));
        for kind in AttentionFigure::ALL {
            let value = figure(&state.attention, &state.frame, kind, 300.0);
            let value = value.unwrap_or_else(|| panic!("{kind:?} is no value"));
            let table = TableSource::new(&state.attention, &state.frame, kind).unwrap();
            assert_eq!((value.id.0, value.table), (kind.name(), table.table()));
            assert!(value.credit.contains("stories"), "{}", value.credit);
        }
    }

    #[test]
    fn files_are_named_after_figure_model_and_head() {
        let mut state = State::default();
        let name = file_name(
            &state.attention,
            &state.frame,
            AttentionFigure::Pattern,
            Format::Svg,
        );
        assert_eq!(name, "headlight-attention-pattern-stories-3.2.svg");
        state
            .attention
            .companions
            .insert(Head { layer: 0, head: 1 });
        let name = file_name(
            &state.attention,
            &state.frame,
            AttentionFigure::Lines,
            Format::Png,
        );
        assert_eq!(
            name,
            "headlight-attention-lines-stories-mean-of-2-heads.png"
        );
        let name = file_name(
            &state.attention,
            &state.frame,
            AttentionFigure::Atlas,
            Format::Json,
        );
        assert_eq!(name, "headlight-attention-atlas-stories.json");
        state.frame.session = Session::new("../a b\u{e9}/c", BackendChoice::Auto);
        let name = file_name(
            &state.attention,
            &state.frame,
            AttentionFigure::Next,
            Format::Csv,
        );
        assert_eq!(name, "headlight-attention-next-..-a-b--c.csv");
        assert!(!name.contains('/'));
    }
}
