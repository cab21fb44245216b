//! The engine as the page uses it: requests in, events out, latest wins.

#![cfg(feature = "cpu")]
#![expect(
    clippy::unwrap_used,
    reason = "a test whose engine does not answer should stop there"
)]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;

use headlight_activations::{Detail, Finding, TilePart};
use headlight_engine::{
    Backend, BackendChoice, Build, Checksums, Engine, ErrorKind, Event, FetchError, HeadRef, Host,
    Mailbox, ModelFiles, Request, Response, RunId, Sampling, StopReason, mailbox,
};

/// A host that keeps what is emitted and puts scripted requests into the
/// mailbox when the engine yields.
#[derive(Clone)]
struct TestHost {
    mailbox: Mailbox,
    events: Rc<RefCell<Vec<Event>>>,
    /// After so many yields, this request arrives.
    script: Rc<RefCell<VecDeque<(usize, Request)>>>,
    yields: Rc<RefCell<usize>>,
    /// Signs of life are sent by themselves: while files are fetched, and never after the answer.
    shows_life: Rc<Cell<bool>>,
    /// The list of checksums beside each model, if it is not the one on the disk.
    sums: Rc<Option<String>>,
}

/// Life is shown until this is dropped.
struct Life(Rc<Cell<bool>>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Host for TestHost {
    async fn fetch(
        &self,
        path: &str,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, FetchError> {
        assert!(
            self.shows_life.get(),
            "nobody hears of a worker that fetches {path}"
        );
        if let Some(sums) = &*self.sums
            && path.ends_with(Checksums::FILE)
        {
            return Ok(sums.clone().into_bytes());
        }
        let root = PathBuf::from("../../tests/fixtures");
        let file = root.join(path.strip_prefix("models/").unwrap());
        let bytes = std::fs::read(file).map_err(|error| FetchError {
            path: path.to_owned(),
            is_absent: error.kind() == std::io::ErrorKind::NotFound,
            reason: error.to_string(),
        })?;
        progress(bytes.len() as u64, Some(bytes.len() as u64));
        Ok(bytes)
    }

    async fn yield_now(&self) {
        *self.yields.borrow_mut() += 1;
        let is_due = |&(at, _): &(usize, Request)| at <= *self.yields.borrow();
        while self.script.borrow().front().is_some_and(is_due) {
            let (_, request) = self.script.borrow_mut().pop_front().unwrap();
            for run in self.mailbox.push(request) {
                self.emit(Event::Cancelled { run });
            }
        }
    }

    fn show_life(&self) -> impl Sized {
        self.shows_life.set(true);
        Life(Rc::clone(&self.shows_life))
    }

    fn emit(&self, event: Event) {
        let is_over = matches!(event, Event::Done { .. } | Event::Failed { .. });
        assert!(
            !(is_over && self.shows_life.get()),
            "life is shown after {event:?}"
        );
        self.events.borrow_mut().push(event);
    }

    fn close(&self) {}
}

/// Serves `requests`, then those of the script as the engine yields, then ends.
fn serve(requests: Vec<Request>, script: Vec<(usize, Request)>) -> Vec<Event> {
    serve_with(None, requests, script)
}

/// Serves them with this list of checksums beside each model.
fn serve_with(
    sums: Option<String>,
    requests: Vec<Request>,
    script: Vec<(usize, Request)>,
) -> Vec<Event> {
    let scripted = script
        .iter()
        .filter(|(_, request)| !matches!(request, Request::Cancel { .. }));
    let expected = requests.len() + scripted.count();
    let (mailbox, inbox) = mailbox();
    let host = TestHost {
        mailbox: mailbox.clone(),
        events: Rc::default(),
        script: Rc::new(RefCell::new(script.into())),
        yields: Rc::default(),
        shows_life: Rc::default(),
        sums: Rc::new(sums),
    };
    for request in requests {
        assert!(mailbox.push(request).is_empty(), "nothing is under way yet");
    }
    let events = Rc::clone(&host.events);
    let mut serving = Box::pin(Engine::new(host, mailbox).serve(inbox));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    // A GPU answers in its own time, so poll until every request has ended.
    for _ in 0..60_000 {
        let is_over = serving.as_mut().poll(&mut context).is_ready();
        assert!(!is_over, "an engine serves as long as there is a mailbox");
        if endings(&events.borrow()).len() >= expected {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    drop(serving);
    Rc::try_unwrap(events).unwrap().into_inner()
}

fn load(id: u64, model: &str) -> Request {
    Request::Load {
        run: RunId(id),
        model: model.to_owned(),
        backend: BackendChoice::Cpu,
        inject: None,
    }
}

fn run(id: u64, prompt: &str) -> Request {
    Request::Run {
        run: RunId(id),
        prompt: prompt.to_owned(),
        top: 5,
        edits: vec![],
        pattern: Some(HeadRef { layer: 1, head: 2 }),
    }
}

/// The events that end requests, in order.
fn endings(events: &[Event]) -> Vec<(u64, &'static str)> {
    let ending = |event: &Event| match event {
        Event::Done { run, .. } => Some((run.0, "done")),
        Event::Failed { run, .. } => Some((run.0, "failed")),
        Event::Cancelled { run } => Some((run.0, "cancelled")),
        _ => None,
    };
    events.iter().filter_map(ending).collect()
}

fn failure(events: &[Event], id: u64) -> (ErrorKind, String) {
    let error = events.iter().find_map(|event| match event {
        Event::Failed { run, error } if run.0 == id => Some(error),
        _ => None,
    });
    let error = error.unwrap();
    (error.kind, error.message.clone())
}

#[test]
fn a_run_is_answered_with_the_pattern_that_was_asked_for() {
    let events = serve(
        vec![load(1, "tiny-a"), run(2, "Tom went to the garden.")],
        vec![],
    );
    let build = if cfg!(feature = "gpu") {
        Build::Gpu
    } else {
        Build::Cpu
    };
    assert_eq!(events[0], Event::Booted { build });
    assert_eq!(endings(&events), [(1, "done"), (2, "done")]);
    let Some(Event::Done {
        response: Response::Run(answer),
        ..
    }) = events.last()
    else {
        panic!("the last event is {:?}", events.last());
    };
    assert_eq!(answer.backend, Backend::Cpu);
    assert_eq!(answer.tokens.len(), 9);
    assert_eq!(answer.next.len(), 5);
    let pattern = answer.pattern.as_ref().unwrap();
    for (query, row) in pattern.pattern.chunks_exact(9).enumerate() {
        let sum: f32 = row.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "row {query} sums to {sum}");
        assert!(
            row[query + 1..].iter().all(|&p| p == 0.0),
            "row {query} looks ahead"
        );
    }
}

#[test]
fn a_model_whose_files_are_not_those_that_were_listed_is_refused() {
    let digits = "0123456789abcdef".repeat(4);
    let sums = format!("{digits}  model.safetensors\n");
    let events = serve_with(Some(sums), vec![load(1, "tiny-a")], vec![]);
    let (kind, message) = failure(&events, 1);
    assert_eq!(kind, ErrorKind::Input);
    assert!(message.starts_with("model.safetensors is damaged: its SHA-256 begins with "));
    assert!(
        message.ends_with(", expected 0123456789ab as in SHA256SUMS"),
        "{message}"
    );

    let sums = "a page that says that there is no such file".to_owned();
    let events = serve_with(Some(sums), vec![load(1, "tiny-a")], vec![]);
    assert!(
        failure(&events, 1)
            .1
            .starts_with("line 1 of SHA256SUMS is ")
    );
}

#[test]
fn a_model_whose_files_are_those_that_were_listed_loads() {
    let folder = PathBuf::from("../../tests/fixtures/tiny-a");
    let read = |name| std::fs::read(folder.join(name)).unwrap();
    let sums = Checksums::of(&ModelFiles {
        config: read("config.json"),
        weights: read("model.safetensors"),
        tokenizer: read("tokenizer.json"),
    });
    let events = serve_with(Some(sums.to_string()), vec![load(1, "tiny-a")], vec![]);
    assert_eq!(endings(&events), [(1, "done")]);
}

#[test]
fn a_newer_run_cancels_the_one_under_way_between_two_layers() {
    // Loading yields a few times; the newer prompt arrives at the run's first pause.
    let quiet = serve(vec![load(1, "tiny-b")], vec![]);
    let pauses = quiet
        .iter()
        .filter(|event| **event == Event::Heartbeat)
        .count();
    let script = vec![(pauses + 1, run(3, "Tom"))];
    let events = serve(
        vec![load(1, "tiny-b"), run(2, "Tom went to the garden.")],
        script,
    );
    assert_eq!(
        endings(&events),
        [(1, "done"), (2, "cancelled"), (3, "done")]
    );
}

#[test]
fn a_generation_streams_its_tokens_and_can_be_cancelled() {
    let generate = |max_tokens| Request::Generate {
        run: RunId(2),
        prompt: "Tom".to_owned(),
        max_tokens,
        sampling: Sampling {
            temperature: 0.0,
            ..Sampling::default()
        },
        edits: vec![],
    };
    let events = serve(vec![load(1, "tiny-a"), generate(4)], vec![]);
    let streamed = events
        .iter()
        .filter(|event| matches!(event, Event::Token { .. }))
        .count();
    assert_eq!(streamed, 4);
    let Some(Event::Done {
        response: Response::Generated {
            tokens, stopped, ..
        },
        ..
    }) = events.last()
    else {
        panic!("the last event is {:?}", events.last());
    };
    assert_eq!((tokens.len(), *stopped), (4, StopReason::MaxTokens));

    let cancel = vec![(9, Request::Cancel { run: RunId(2) })];
    let events = serve(vec![load(1, "tiny-a"), generate(20)], cancel);
    assert_eq!(endings(&events), [(1, "done"), (2, "cancelled")]);
    let streamed = events
        .iter()
        .filter(|event| matches!(event, Event::Token { .. }))
        .count();
    assert!(
        streamed > 0 && streamed < 20,
        "{streamed} tokens before the cancel"
    );
}

#[test]
fn what_is_kept_of_a_run_gives_any_other_head() {
    let pattern = |id, layer, head| Request::Pattern {
        run: RunId(id),
        head: HeadRef { layer, head },
    };
    let events = serve(vec![load(1, "tiny-a"), pattern(2, 0, 0)], vec![]);
    let (_, message) = failure(&events, 2);
    assert!(message.contains("no prompt has been run"), "{message}");
    let after_run = |last| {
        let prompt = run(3, "Tom went to the garden.");
        serve(vec![load(1, "tiny-a"), prompt, last], vec![])
    };
    let events = after_run(pattern(4, 1, 2));
    let patterns: Vec<&[f32]> = events
        .iter()
        .filter_map(|event| match event {
            Event::Done {
                response: Response::Run(answer),
                ..
            } => answer.pattern.as_ref(),
            Event::Done {
                response: Response::Pattern(pattern),
                ..
            } => Some(pattern),
            _ => None,
        })
        .map(|head| head.pattern.as_slice())
        .collect();
    assert_eq!(patterns.len(), 2);
    let gaps = patterns[0]
        .iter()
        .zip(patterns[1])
        .map(|(a, b)| (a - b).abs());
    // Both come from q, k and the log-sum-exp.
    assert!(gaps.fold(0.0, f32::max) < 1e-6);
    let events = after_run(pattern(5, 7, 0));
    assert_eq!(
        failure(&events, 5).1,
        "layer 7 does not exist, expected a layer from 0 to 1"
    );
}

const PROMPT: &str = "Tom went to the garden.";

/// A question about the last run.
fn detail(id: u64, detail: Detail) -> Request {
    let run = RunId(id);
    Request::Detail { run, detail }
}

/// All heads of tiny-a: 2 layers of 3.
fn all_heads(id: u64) -> Request {
    let (heads, side) = (0..6, 4);
    detail(id, Detail::Thumbnails { heads, side })
}

#[test]
fn questions_about_a_run_are_answered_as_the_model_answers_them() {
    let sampling = Sampling {
        top_k: 3,
        ..Sampling::default()
    };
    let (token, against) = (5, 6);
    let asked = serve(vec![load(1, "tiny-a"), run(2, PROMPT)], vec![]);
    let n = asked.iter().find_map(|event| match event {
        Event::Done {
            response: Response::Run(answer),
            ..
        } => Some(answer.tokens.len()),
        _ => None,
    });
    let n = n.unwrap();
    let row = Detail::Tile {
        part: TilePart::Row,
        layer: 1,
        head: 2,
        queries: 3..4,
        keys: 0..n,
        pool: 1,
    };
    let requests = vec![
        load(1, "tiny-a"),
        run(2, PROMPT),
        detail(3, Detail::Cuts { sampling, top: 5 }),
        all_heads(4),
        detail(5, row),
        detail(
            6,
            Detail::Lens {
                positions: n - 1..n,
                top: 2,
            },
        ),
        detail(7, Detail::Attribution { token, against }),
    ];
    let events = serve(requests, vec![]);
    let found: Vec<&Finding> = events
        .iter()
        .filter_map(|event| match event {
            Event::Done {
                response: Response::Found(finding),
                ..
            } => Some(finding),
            _ => None,
        })
        .collect();
    let [
        Finding::Cuts(cuts),
        Finding::Thumbnails(heads),
        Finding::Tile(tile),
        Finding::Lens(lens),
        Finding::Attribution(attribution),
    ] = found[..]
    else {
        panic!("{found:?}");
    };
    assert_eq!((cuts.n_kept, cuts.tokens.len()), (3, 5));
    assert_eq!(heads.len(), 6);
    let sum: f32 = tile.weights.iter().sum();
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    // The last layer says what the run says.
    let last = &lens[lens.len() - 1].top[0];
    assert_eq!(last.id, cuts.tokens[0].id);
    assert!((last.prob - cuts.tokens[0].prob).abs() < 1e-9);
    assert!((attribution.sum - attribution.logit_difference).abs() < 1e-5);
}

#[test]
fn the_surprise_that_is_asked_for_is_the_one_that_comes_with_a_run() {
    let edit = r#"{"hook": "blocks.0.attn.hook_z", "head": 1, "pos": "all", "op": "zero"}"#;
    let run = Request::Run {
        run: RunId(2),
        prompt: PROMPT.to_owned(),
        top: 4,
        edits: vec![serde_json::from_str(edit).unwrap()],
        pattern: None,
    };
    let events = serve(
        vec![load(1, "tiny-a"), run, detail(3, Detail::Surprise)],
        vec![],
    );
    let answers: Vec<&Response> = events
        .iter()
        .filter_map(|event| match event {
            Event::Done { response, .. } => Some(response),
            _ => None,
        })
        .collect();
    let [
        Response::Loaded(_),
        Response::Run(answer),
        Response::Found(Finding::Surprise { shown, clean }),
    ] = answers[..]
    else {
        panic!("{answers:?}");
    };
    assert_eq!(
        (&answer.nll, answer.perplexity),
        (&shown.nll, shown.perplexity)
    );
    let (beside, clean) = (answer.clean.as_ref().unwrap(), clean.as_ref().unwrap());
    assert_eq!(
        (&beside.nll, beside.perplexity),
        (&clean.nll, clean.perplexity)
    );
    assert!(shown.nll[1..].iter().all(Option::is_some) && shown.nll != clean.nll);
}

#[test]
fn a_newer_prompt_makes_questions_about_the_older_one_pointless() {
    let requests = vec![
        load(1, "tiny-a"),
        run(2, "Tom went to the garden."),
        all_heads(3),
        detail(
            4,
            Detail::Lens {
                positions: 0..6,
                top: 1,
            },
        ),
    ];
    // The run pauses after each of two layers and the load a few times; the atlas
    // pauses after each of six heads.
    let events = serve(requests.clone(), vec![]);
    let is_done = |event: &Event, id| matches!(event, Event::Done { run, .. } if run.0 == id);
    assert!(
        [2, 3, 4]
            .iter()
            .all(|id| events.iter().any(|event| is_done(event, *id)))
    );
    let before_atlas = events.iter().take_while(|event| !is_done(event, 2));
    let pauses = before_atlas
        .filter(|event| matches!(event, Event::Heartbeat))
        .count();
    let script = vec![(pauses + 3, run(5, "Anna"))];
    let events = serve(requests, script);
    let is_cancelled = |id| {
        let is_it = |event: &Event| matches!(event, Event::Cancelled { run } if run.0 == id);
        events.iter().any(is_it)
    };
    assert!(is_cancelled(3) && is_cancelled(4), "{events:?}");
    assert!(events.iter().any(|event| is_done(event, 5)));
}

#[test]
fn an_edited_run_says_what_the_whole_model_would() {
    let edit = r#"{"hook": "blocks.0.attn.hook_z", "head": 1, "pos": "all", "op": "zero"}"#;
    let run = |edits| Request::Run {
        run: RunId(2),
        prompt: "Tom went to the garden.".to_owned(),
        top: 4,
        edits,
        pattern: Some(HeadRef { layer: 1, head: 0 }),
    };
    let answer = |edits| {
        let events = serve(vec![load(1, "tiny-a"), run(edits)], vec![]);
        let found = events.into_iter().find_map(|event| match event {
            Event::Done {
                response: Response::Run(answer),
                ..
            } => Some(answer),
            _ => None,
        });
        found.unwrap()
    };
    let clean = answer(Vec::new());
    let edited = answer(vec![serde_json::from_str(edit).unwrap()]);
    assert_eq!(clean.clean, None);
    let beside = edited.clean.unwrap();
    assert_eq!(beside.next, clean.next);
    assert_eq!(
        (&beside.nll, beside.perplexity),
        (&clean.nll, clean.perplexity)
    );
    for (token, prob) in beside.next.iter().zip(&beside.edited_prob_of_next) {
        if let Some(same) = edited.next.iter().find(|other| other.id == token.id) {
            assert!((same.prob - prob).abs() < 1e-12);
        }
    }
    assert_eq!(beside.edited_prob_of_next.len(), beside.next.len());
    assert_ne!(edited.nll, clean.nll);
    let (edited_pattern, clean_pattern) = (edited.pattern.unwrap(), clean.pattern.unwrap());
    assert_eq!(edited_pattern.clean, clean_pattern.pattern);
    assert_ne!(edited_pattern.pattern, clean_pattern.pattern);
    assert!(clean_pattern.clean.is_empty());
    for (token, prob) in edited.next.iter().zip(beside.prob_of_next) {
        if let Some(same) = clean.next.iter().find(|other| other.id == token.id) {
            assert!((same.prob - prob).abs() < 1e-12);
        }
    }
}

#[test]
fn what_does_not_fit_is_said_in_one_sentence() {
    let long = "Tom ".repeat(40);
    let events = serve(vec![run(1, "Tom")], vec![]);
    assert_eq!(failure(&events, 1).1, "no model is loaded yet");
    let first = |request| serve(vec![request], vec![]);
    let loaded = |request| serve(vec![load(1, "tiny-a"), request], vec![]);
    for (events, id, part) in [
        (
            first(load(2, "no-such-model")),
            2,
            "models/no-such-model/config.json could not be read",
        ),
        (
            first(load(3, "../tiny-a")),
            3,
            "expected the name of a folder",
        ),
        (
            loaded(run(4, "")),
            4,
            "the prompt is empty, expected some text",
        ),
        (
            loaded(run(5, &long)),
            5,
            "expected at most 31, the model's context",
        ),
    ] {
        let (kind, message) = failure(&events, id);
        assert_eq!(kind, ErrorKind::Input);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn the_start_of_a_prompt_that_is_too_long_can_be_run() {
    for long in [
        "Tom went to ".repeat(20),
        "\u{e9}\u{20ac}\u{1f600}".repeat(20),
    ] {
        let events = serve(vec![load(1, "tiny-a"), run(2, &long)], vec![]);
        let start = events.iter().find_map(|event| match event {
            Event::Failed { error, .. } => error.fitting.clone(),
            _ => None,
        });
        let start = start.unwrap();
        assert!(long.starts_with(&start), "{start}");
        let events = serve(vec![load(1, "tiny-a"), run(2, &start)], vec![]);
        let n_tokens = events.iter().find_map(|event| match event {
            Event::Done {
                response: Response::Run(answer),
                ..
            } => Some(answer.tokens.len()),
            _ => None,
        });
        // A character that is cut in two has up to three tokens.
        assert!((28..=31).contains(&n_tokens.unwrap()), "{n_tokens:?}");
    }
}

#[cfg(feature = "gpu")]
mod gpu {
    use headlight_engine::Fault;

    use super::*;

    fn load_on_gpu(inject: Option<Fault>) -> Option<headlight_engine::BackendReport> {
        let request = Request::Load {
            run: RunId(1),
            model: "tiny-a".to_owned(),
            backend: BackendChoice::Gpu,
            inject,
        };
        let events = serve(vec![request], vec![]);
        let Some(Event::Done {
            response: Response::Loaded(info),
            ..
        }) = events.last()
        else {
            panic!("the last event is {:?}", events.last());
        };
        let report = info.backend.clone();
        if report.self_test.is_none() {
            #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
            {
                println!("skipped: {}", report.reason);
            }
            return None;
        }
        Some(report)
    }

    /// One test, because a process can open its default GPU only once.
    #[test]
    fn a_gpu_that_passes_is_taken_and_one_that_fails_is_not() {
        let Some(report) = load_on_gpu(None) else {
            return;
        };
        for case in &report.self_test.as_ref().unwrap().cases {
            println!(
                "{}: {:?} of {}",
                case.name, case.max_abs_error, case.tolerance
            );
        }
        assert_eq!(report.backend, Backend::Gpu, "{}", report.reason);
        let Some(report) = load_on_gpu(Some(Fault::SelfTest)) else {
            return;
        };
        assert_eq!(report.backend, Backend::Cpu);
        assert!(
            report.reason.contains("failed its self-test"),
            "{}",
            report.reason
        );
    }
}
