//! The address of what is shown: all of it lives in the fragment.
//!
//! `#/attention?v=1&model=stories&prompt=...&layer=1&head=2&row=6&col=1&backend=gpu`
//!
//! Unknown keys are ignored; a value that cannot be read falls back to the
//! usual one, and the visitor is told. `fault=` is never written, and ignored but
//! in a page that was built for tests.

use crate::answers::head;
use crate::frame::words as frame_words;
use std::collections::BTreeSet;

use headlight_activations::Sampling;

use crate::answers::head::Head;
use crate::frame::ablation;
use crate::frame::ablation::Ablation;
use crate::frame::link::{decode, encode};
use crate::room::Room;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::attribution::Order;
use crate::rooms::attention::figures::lines::Scope;
use crate::rooms::attention::figures::steps::Step;
use crate::rooms::attention::lesson::{self, Topic};
use crate::session::{Choice, Fault};
use crate::state::State;

/// The newest version of links that this page reads, and the one it writes.
const VERSION: u32 = 1;
/// The largest temperature that can be chosen.
pub const MAX_TEMPERATURE: f64 = 5.0;
/// Names the lesson, before the step.
const LESSON: &str = "attention.";
/// Keys that mean the same in every room.
const SHARED: [&str; 7] = [
    "model", "prompt", "layer", "head", "ablate", "backend", "fault",
];
/// As links call the orders of the atlas: not as the page does, whose words may change.
const SORTS: [(Sort, &str); Sort::ALL.len()] = [
    (Sort::Layer, "layer"),
    (Sort::Previous, "previous"),
    (Sort::Duplicate, "duplicate"),
    (Sort::Induction, "induction"),
    (Sort::Entropy, "entropy"),
    (Sort::Sink, "sink"),
];
/// As links call the orders of the attribution's bars.
const ORDERS: [(Order, &str); Order::ALL.len()] =
    [(Order::Size, "size"), (Order::Stream, "stream")];
/// As links say whose lines are drawn.
const SCOPES: [(Scope, &str); 2] = [(Scope::Selected, "selected"), (Scope::All, "all")];

/// What a link says; what it leaves out stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permalink {
    /// The room.
    pub place: Room,
    /// What the link says of the Flash room, as it stands there.
    pub flash: Option<String>,
    /// Folder name of the model.
    pub model: Option<String>,
    /// The prompt.
    pub prompt: Option<String>,
    /// The selected head's layer.
    pub layer: Option<usize>,
    /// The selected head.
    pub head: Option<usize>,
    /// The selected query.
    pub row: Option<usize>,
    /// Queries that are averaged with the selected one.
    pub also_rows: Option<BTreeSet<usize>>,
    /// The selected key.
    pub col: Option<usize>,
    /// What to compute on.
    pub backend: Option<Choice>,
    /// How the head is drawn.
    pub view: Option<View>,
    /// The step of the row; links count from 1.
    pub step: Option<Step>,
    /// Whose lines are drawn.
    pub scope: Option<Scope>,
    /// The order of the atlas.
    pub sort: Option<Sort>,
    /// The order of the attribution's bars.
    pub order: Option<Order>,
    /// Heads that are averaged with the selected one.
    pub companions: Option<BTreeSet<Head>>,
    /// What was taken out of the model.
    pub ablations: Option<Vec<Ablation>>,
    /// Divides the logits of the next token.
    pub temperature: Option<f64>,
    /// Keeps only so many next tokens.
    pub top_k: Option<usize>,
    /// Keeps the smallest set of next tokens that reaches this probability.
    pub top_p: Option<f64>,
    /// Seeds the draws.
    pub seed: Option<u64>,
    /// The token that the attribution speaks for.
    pub token: Option<u32>,
    /// The token that it speaks against.
    pub against: Option<u32>,
    /// The step of the lesson, from 0; links count from 1.
    pub learn: Option<usize>,
    /// A failure that a test asks for.
    pub fault: Option<Fault>,
}

impl Permalink {
    /// How the next token is drawn, the seed apart.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
        let usual = Sampling::default();
        Sampling {
            temperature: self.temperature.unwrap_or(usual.temperature),
            top_k: self.top_k.unwrap_or(usual.top_k),
            top_p: self.top_p.unwrap_or(usual.top_p),
            ..usual
        }
    }

    /// True if the link says anything of the figure itself.
    #[must_use]
    pub fn has_figure(&self) -> bool {
        let places = [self.layer, self.head, self.row, self.col];
        self.model.is_some()
            || self.prompt.is_some()
            || self.view.is_some()
            || self.ablations.is_some()
            || self.also_rows.is_some()
            || places.iter().any(Option::is_some)
    }

    /// Reads a fragment, with or without its `#`, and what to tell the visitor about it.
    #[must_use]
    pub fn parse(fragment: &str) -> (Self, Vec<String>) {
        let mut link = Self::default();
        let mut notices = Vec::new();
        let address = fragment.strip_prefix('#').unwrap_or(fragment);
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let room = path.trim_matches('/');
        match Room::ALL.into_iter().find(|place| place.name() == room) {
            Some(place) => link.place = place,
            None if room.is_empty() => {}
            None => notices.push(frame_words::no_such_room(&decode(room).unwrap_or_default())),
        }
        let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
        if let Some((_, version)) = pairs().find(|(key, _)| *key == "v")
            && version
                .parse::<u32>()
                .is_ok_and(|version| version > VERSION)
        {
            notices.push(frame_words::link_too_new(version));
            return (link, notices);
        }
        if link.place == Room::Flash {
            let own = pairs().filter(|(key, _)| *key != "v" && !SHARED.contains(key));
            link.flash = Some(own.map(|(key, value)| format!("&{key}={value}")).collect());
        }
        for (key, value) in pairs() {
            if link.place != Room::Attention && !SHARED.contains(&key) {
                continue;
            }
            if !link.read(key, value) {
                notices.push(frame_words::bad_link_value(
                    key,
                    &decode(value).unwrap_or_default(),
                ));
            }
        }
        (link, notices)
    }

    /// Takes one pair; false if the key is known and the value is not.
    fn read(&mut self, key: &str, value: &str) -> bool {
        let number = || value.parse::<usize>().ok();
        match key {
            "model" => {
                self.model = decode(value).filter(|name| is_model_name(name));
                self.model.is_some()
            }
            "prompt" => {
                self.prompt = decode(value);
                self.prompt.is_some()
            }
            "layer" => {
                self.layer = number();
                self.layer.is_some()
            }
            "head" => {
                self.head = number();
                self.head.is_some()
            }
            "row" => {
                self.row = number();
                self.row.is_some()
            }
            "rows" => {
                let list = decode(value);
                self.also_rows = list.as_deref().and_then(rows);
                self.also_rows.is_some()
            }
            "col" => {
                self.col = number();
                self.col.is_some()
            }
            "backend" => {
                self.backend = Choice::from_name(value);
                self.backend.is_some()
            }
            "view" => {
                self.view = View::from_name(value);
                self.view.is_some()
            }
            "step" => {
                let index = number().and_then(|step| step.checked_sub(1));
                self.step = index.and_then(|index| Step::ALL.get(index).copied());
                self.step.is_some()
            }
            "lines" => {
                self.scope = named(&SCOPES, value);
                self.scope.is_some()
            }
            "sort" => {
                self.sort = named(&SORTS, value);
                self.sort.is_some()
            }
            "order" => {
                self.order = named(&ORDERS, value);
                self.order.is_some()
            }
            "heads" => {
                let list = decode(value);
                self.companions = list.as_deref().and_then(heads);
                self.companions.is_some()
            }
            "ablate" => {
                let list = decode(value);
                self.ablations = list.as_deref().and_then(ablation::parse_list);
                self.ablations.is_some()
            }
            "temperature" => {
                self.temperature = in_range(value, |t| (0.0..=MAX_TEMPERATURE).contains(&t));
                self.temperature.is_some()
            }
            "top_k" => {
                self.top_k = number();
                self.top_k.is_some()
            }
            "top_p" => {
                self.top_p = in_range(value, |p| p > 0.0 && p <= 1.0);
                self.top_p.is_some()
            }
            "seed" => {
                self.seed = value.parse().ok();
                self.seed.is_some()
            }
            "token" => {
                self.token = value.parse().ok();
                self.token.is_some()
            }
            "against" => {
                self.against = value.parse().ok();
                self.against.is_some()
            }
            "learn" => {
                self.learn = learn_step(value);
                self.learn.is_some()
            }
            "fault" => {
                self.fault = Fault::from_name(value);
                true
            }
            _ => true,
        }
    }

    /// Writes the fragment, `#` included.
    #[must_use]
    pub fn to_fragment(&self) -> String {
        let mut fragment = format!("#/{}?v={VERSION}", self.place.name());
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                fragment.push('&');
                fragment.push_str(key);
                fragment.push('=');
                fragment.push_str(&encode(&value));
            }
        };
        let number = |value: Option<usize>| value.map(|value| value.to_string());
        put("model", self.model.clone());
        put("prompt", self.prompt.clone());
        put("layer", number(self.layer));
        put("head", number(self.head));
        put("row", number(self.row));
        let also_rows = self.also_rows.as_ref().filter(|rows| !rows.is_empty());
        put(
            "rows",
            also_rows.map(|rows| {
                let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
                rows.join(",")
            }),
        );
        put("col", number(self.col));
        put("view", self.view.map(|view| view.name().to_owned()));
        put("step", number(self.step.map(|step| step.index() + 1)));
        put("lines", self.scope.and_then(|scope| name(&SCOPES, scope)));
        put("sort", self.sort.and_then(|sort| name(&SORTS, sort)));
        put("order", self.order.and_then(|order| name(&ORDERS, order)));
        let companions = self.companions.as_ref().filter(|heads| !heads.is_empty());
        put(
            "heads",
            companions.map(|heads| {
                let names: Vec<String> = heads.iter().map(|head| head::dotted(*head)).collect();
                names.join(",")
            }),
        );
        put(
            "ablate",
            self.ablations.as_deref().and_then(ablation::write_list),
        );
        put("temperature", self.temperature.map(|t| t.to_string()));
        put("top_k", number(self.top_k));
        put("top_p", self.top_p.map(|p| p.to_string()));
        put("seed", self.seed.map(|seed| seed.to_string()));
        put("token", self.token.map(|id| id.to_string()));
        put("against", self.against.map(|id| id.to_string()));
        put(
            "learn",
            self.learn.map(|step| format!("{LESSON}{}", step + 1)),
        );
        let backend = self.backend.and_then(Choice::name);
        put("backend", backend.map(str::to_owned));
        fragment.push_str(self.flash.as_deref().unwrap_or_default());
        fragment
    }
}

/// Heads such as `3.2`, separated by commas.
fn heads(list: &str) -> Option<BTreeSet<Head>> {
    let head = |name: &str| {
        let (layer, head) = name.split_once('.')?;
        Some(Head {
            layer: layer.parse().ok()?,
            head: head.parse().ok()?,
        })
    };
    list.split(',').map(head).collect()
}

/// Positions, separated by commas.
fn rows(list: &str) -> Option<BTreeSet<usize>> {
    list.split(',').map(|row| row.parse().ok()).collect()
}

/// What a link calls by this name.
fn named<T: Copy>(names: &[(T, &str)], wanted: &str) -> Option<T> {
    let found = names.iter().find(|(_, name)| *name == wanted);
    found.map(|(value, _)| *value)
}

/// What a link calls it.
fn name<T: Copy + PartialEq>(names: &[(T, &str)], value: T) -> Option<String> {
    let found = names.iter().find(|(other, _)| *other == value);
    found.map(|(_, name)| (*name).to_owned())
}

/// The link to what is shown.
#[must_use]
pub fn of(state: &State) -> Permalink {
    let State {
        frame,
        attention: room,
        flash,
        ..
    } = state;
    let subject = &frame.subject;
    let choice = frame.session.choice();
    if state.room == Room::Flash {
        return Permalink {
            place: Room::Flash,
            model: Some(frame.session.model().to_owned()),
            prompt: Some(frame.asked.clone()),
            layer: Some(subject.head.layer),
            head: Some(subject.head.head),
            ablations: Some(subject.ablations.clone()),
            backend: choice.name().is_some().then_some(choice),
            flash: Some(flash.link_pairs.clone()),
            ..Permalink::default()
        };
    }
    let learn = room.learning.is_open.then_some(room.learning.step);
    let usual_sort = lesson::usual_sort(learn);
    let (sampling, usual) = (subject.sampling, Sampling::default());
    Permalink {
        place: Room::Attention,
        flash: None,
        model: Some(frame.session.model().to_owned()),
        prompt: Some(frame.asked.clone()),
        layer: Some(subject.head.layer),
        head: Some(subject.head.head),
        row: room.row,
        also_rows: Some(room.also_rows.clone()),
        col: room.col,
        backend: choice.name().is_some().then_some(choice),
        view: (room.view != View::default()).then_some(room.view),
        step: (room.view == View::Steps && room.step != Step::default()).then_some(room.step),
        scope: (room.scope != Scope::default()).then_some(room.scope),
        sort: (room.sort != usual_sort).then_some(room.sort),
        order: (room.order != Order::default()).then_some(room.order),
        companions: Some(room.companions.clone()),
        ablations: Some(subject.ablations.clone()),
        temperature: (sampling.temperature != usual.temperature).then_some(sampling.temperature),
        top_k: (sampling.top_k != usual.top_k).then_some(sampling.top_k),
        top_p: (sampling.top_p != usual.top_p).then_some(sampling.top_p),
        seed: (frame.seed != 0).then_some(frame.seed),
        token: room.compared.map(|(token, _)| token),
        against: room.compared.map(|(_, against)| against),
        learn,
        fault: None,
    }
}

/// A step of the lesson, from 0.
fn learn_step(value: &str) -> Option<usize> {
    let step: usize = value.strip_prefix(LESSON)?.parse().ok()?;
    step.checked_sub(1).filter(|step| *step < Topic::ALL.len())
}

/// A number that is accepted.
fn in_range(value: &str, is_accepted: impl Fn(f64) -> bool) -> Option<f64> {
    value.parse().ok().filter(|number| is_accepted(*number))
}

/// True for what can be a folder of `models/` and nothing else.
#[must_use]
pub fn is_model_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Permalink {
        Permalink {
            place: Room::Attention,
            flash: None,
            model: Some("stories".to_owned()),
            prompt: Some("Lily & Tom + 100 % caf\u{e9}\n\u{1f600} #a?b=c".to_owned()),
            layer: Some(1),
            head: Some(2),
            row: Some(6),
            also_rows: Some(BTreeSet::from([3, 8])),
            col: Some(0),
            backend: Some(Choice::Gpu),
            view: Some(View::Steps),
            step: Some(Step::Exponentiate),
            scope: Some(Scope::All),
            sort: Some(Sort::Previous),
            order: Some(Order::Stream),
            companions: Some(BTreeSet::from([Head { layer: 0, head: 3 }])),
            ablations: Some(vec![
                "1.2:mean".parse().unwrap(),
                "mlp0:zero".parse().unwrap(),
            ]),
            temperature: Some(0.7),
            top_k: Some(5),
            top_p: Some(0.9),
            seed: Some(3),
            token: Some(17),
            against: Some(4),
            learn: Some(2),
            fault: None,
        }
    }

    #[test]
    fn a_link_reads_back_as_what_it_was_written_from() {
        let (read, notices) = Permalink::parse(&link().to_fragment());
        assert_eq!((read, notices), (link(), vec![]));
    }

    #[test]
    fn rows_and_orders_are_written_as_people_would() {
        let fragment = link().to_fragment();
        let pairs: Vec<&str> = fragment.split('&').collect();
        for pair in [
            "rows=3%2C8",
            "step=4",
            "lines=all",
            "sort=previous",
            "order=stream",
        ] {
            assert!(pairs.contains(&pair), "{pair} in {fragment}");
        }
        let (read, _) = Permalink::parse("#/attention?rows=8,3");
        assert_eq!(read.also_rows, link().also_rows);
    }

    #[test]
    fn every_order_of_the_heads_and_bars_has_a_name_in_links() {
        for sort in Sort::ALL {
            assert_eq!(named(&SORTS, &name(&SORTS, sort).unwrap()), Some(sort));
        }
        for order in Order::ALL {
            assert_eq!(named(&ORDERS, &name(&ORDERS, order).unwrap()), Some(order));
        }
    }

    #[test]
    fn rows_and_orders_that_cannot_be_read_are_told() {
        for bad in [
            "step=0",
            "step=6",
            "rows=3,x",
            "rows=",
            "rows=-1",
            "sort=best",
            "order=x",
            "lines=some",
        ] {
            let (read, notices) = Permalink::parse(&format!("#/attention?{bad}"));
            assert_eq!((read, notices.len()), (Permalink::default(), 1), "{bad}");
        }
    }

    #[test]
    fn a_link_uses_only_characters_that_survive_copying() {
        let fragment = link().to_fragment();
        let safe = |c: char| c.is_ascii_alphanumeric() || "#/?&=%-_.~".contains(c);
        assert!(fragment.chars().all(safe), "{fragment}");
    }

    #[test]
    fn unknown_keys_are_ignored_in_silence() {
        let (read, notices) = Permalink::parse("#/attention?v=1&zoom=3&layer=2&x");
        assert_eq!((read.layer, notices), (Some(2), vec![]));
    }

    #[test]
    fn a_bad_value_falls_back_with_a_notice() {
        let (read, notices) = Permalink::parse("#/attention?v=1&layer=two&head=3&backend=tpu");
        assert_eq!((read.layer, read.head, read.backend), (None, Some(3), None));
        assert_eq!(notices.len(), 2);
        assert!(
            notices[0].contains("layer") && notices[0].contains("two"),
            "{notices:?}"
        );
    }

    #[test]
    fn a_step_of_the_lesson_counts_from_one_and_must_exist() {
        let (read, _) = Permalink::parse("#/attention?learn=attention.3");
        assert_eq!((read.learn, read.has_figure()), (Some(2), false));
        let beyond = format!("attention.{}", Topic::ALL.len() + 1);
        for bad in [
            "attention.0",
            &beyond,
            "attention",
            "3",
            "flash.1",
            "attention.x",
        ] {
            let (read, notices) = Permalink::parse(&format!("#/attention?learn={bad}"));
            assert_eq!((read.learn, notices.len()), (None, 1), "{bad}");
        }
    }

    #[test]
    fn a_prompt_that_is_not_text_falls_back_with_a_notice() {
        for broken in ["%FF", "%", "%zz", "%e2%82"] {
            let (read, notices) = Permalink::parse(&format!("#/attention?prompt={broken}"));
            assert_eq!((read.prompt, notices.len()), (None, 1), "{broken}");
        }
    }

    #[test]
    fn a_link_of_a_newer_version_is_refused_by_name() {
        let (read, notices) = Permalink::parse("#/attention?v=2&layer=3");
        assert_eq!(read, Permalink::default());
        assert!(notices[0].contains('2'), "{notices:?}");
    }

    #[test]
    fn a_model_name_cannot_leave_the_models_folder() {
        for name in ["..", "../x", "a/b", ".hidden", "", "a%2Fb", "http:"] {
            let (read, notices) = Permalink::parse(&format!("#/attention?model={name}"));
            assert_eq!((read.model, notices.len()), (None, 1), "{name}");
        }
    }

    #[test]
    fn an_empty_fragment_says_nothing() {
        for fragment in ["", "#", "#/", "#/attention", "#/attention?"] {
            assert_eq!(Permalink::parse(fragment), (Permalink::default(), vec![]));
        }
    }

    #[test]
    fn a_room_that_does_not_exist_is_named() {
        let (_, notices) = Permalink::parse("#/moon?v=1");
        assert!(notices[0].contains("moon"), "{notices:?}");
    }
}
