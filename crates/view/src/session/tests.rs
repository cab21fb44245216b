//! The session driven as the page drives it, with workers that say what the test says.

mod backends;
mod deaths;
mod refusals;

use headlight_activations::{ModelShape, Sampling};

use super::*;
use crate::answers::head::Head;
use crate::answers::run::Run;
use crate::answers::run::tests::{pattern, run};

const HEAD: Head = Head { layer: 1, head: 2 };

/// A session and what it has asked for so far.
struct Page {
    session: Session,
    commands: Vec<Command>,
    news: Vec<News>,
}

impl Page {
    fn new(choice: BackendChoice) -> Self {
        Self {
            session: Session::new("stories", choice),
            commands: Vec::new(),
            news: Vec::new(),
        }
    }

    /// A page with a prompt, whose builds are known.
    fn opened(choice: BackendChoice, has_webgpu: bool) -> Self {
        let mut page = Self::new(choice);
        page.ask("Lily");
        page.step(Input::Builds {
            has_cpu: true,
            has_gpu: true,
            has_webgpu,
        });
        page
    }

    /// A page with the cpu build live and the first prompt answered.
    fn live(choice: BackendChoice, has_webgpu: bool) -> Self {
        let mut page = Self::opened(choice, has_webgpu);
        page.bring_up(1, Backend::Cpu);
        page.answer(1);
        page
    }

    fn step(&mut self, input: Input) {
        let SessionStep { commands, news } = self.session.step(input);
        self.commands.extend(commands);
        self.news.extend(news);
    }

    fn ask(&mut self, prompt: &str) {
        self.step(Input::Run {
            prompt: prompt.to_owned(),
            head: HEAD,
            edits: Vec::new(),
        });
    }

    fn say(&mut self, worker: u32, message: Message) {
        self.step(Input::Said {
            worker: WorkerId(worker),
            message: Box::new(message),
            now_ms: 0.0,
        });
    }

    fn die(&mut self, worker: u32) {
        self.step(Input::Died {
            worker: WorkerId(worker),
            death: Death::Crashed("unreachable".to_owned()),
        });
    }

    /// Boots a worker and loads its model on `backend`.
    fn bring_up(&mut self, worker: u32, backend: Backend) {
        self.say(worker, Message::Booted);
        let run = self.last_run(worker);
        let model = Box::new(model(backend));
        self.say(worker, Message::Loaded { run, model });
    }

    /// Answers the newest run of a worker.
    fn answer(&mut self, worker: u32) {
        let run = self.last_run(worker);
        self.say(worker, ran(run));
    }

    /// The id of the last question to a worker.
    fn last_run(&self, worker: u32) -> RunId {
        let asks = self
            .commands
            .iter()
            .rev()
            .filter_map(|command| match command {
                Command::Post { worker: to, ask } if *to == WorkerId(worker) => Some(ask),
                _ => None,
            });
        let mut runs = asks.filter_map(|ask| match ask {
            Ask::Load { run, .. }
            | Ask::Run { run, .. }
            | Ask::Pattern { run, .. }
            | Ask::Generate { run, .. } => Some(*run),
            Ask::Cancel { .. } | Ask::Detail { .. } | Ask::Inject(_) => None,
        });
        runs.next().expect("the worker was asked something")
    }

    fn take(&mut self) -> (Vec<Command>, Vec<News>) {
        (
            std::mem::take(&mut self.commands),
            std::mem::take(&mut self.news),
        )
    }

    fn started(&self) -> Vec<Build> {
        let builds = self.commands.iter().filter_map(|command| match command {
            Command::Start { build, .. } => Some(*build),
            Command::FindBuilds | Command::Terminate(_) | Command::Post { .. } => None,
        });
        builds.collect()
    }

    fn is_ended(&self, worker: u32) -> bool {
        self.commands
            .contains(&Command::Terminate(WorkerId(worker)))
    }

    fn prompts(&self) -> Vec<&str> {
        let prompts = self.commands.iter().filter_map(|command| match command {
            Command::Post {
                ask: Ask::Run { prompt, .. },
                ..
            } => Some(prompt.as_str()),
            _ => None,
        });
        prompts.collect()
    }

    fn shown(&self) -> Vec<u64> {
        let ids = self.news.iter().filter_map(|news| match news {
            News::Ran { run, .. } => Some(run.id),
            _ => None,
        });
        ids.collect()
    }
}

fn model(backend: Backend) -> LoadedModel {
    LoadedModel {
        name: "stories".to_owned(),
        shape: ModelShape {
            n_layers: 4,
            n_heads: 4,
            n_kv_heads: 4,
            d_model: 64,
            d_head: 16,
            d_mlp: 256,
            d_vocab: 999,
            n_ctx: 256,
        },
        language: None,
        n_parameters: 1_000_000,
        weight_bytes: 4_000_000,
        backend: BackendReport {
            backend,
            device: "a device".to_owned(),
            reason: "a reason".to_owned(),
            self_test: None,
            limits: None,
            cpu_ms: None,
            gpu_ms: None,
        },
    }
}

fn answer() -> Run {
    run(&["Lily", " ran"])
}

fn ran(run: RunId) -> Message {
    Message::Ran {
        run,
        answer: answer(),
        pattern: Some(pattern(2)),
    }
}

fn writing() -> Input {
    Input::Generate(GenerationRequest {
        prompt: "Lily".to_owned(),
        max_tokens: 40,
        sampling: Sampling::default(),
        edits: Vec::new(),
    })
}

#[test]
fn the_cpu_build_starts_at_once_and_gets_model_then_prompt() {
    let mut page = Page::opened(BackendChoice::Auto, true);
    assert_eq!(page.started(), [Build::Cpu]);
    page.say(1, Message::Booted);
    assert!(matches!(
        page.commands.last(),
        Some(Command::Post { ask: Ask::Load { model, choice: BackendChoice::Cpu, .. }, .. }) if model == "stories"
    ));
    assert_eq!(page.prompts(), [""; 0]);
    page.bring_up(1, Backend::Cpu);
    assert_eq!(page.prompts(), ["Lily"]);
    page.answer(1);
    assert_eq!(page.session.phase(), Phase::Live);
    assert_eq!(page.shown().len(), 1);
}

#[test]
fn nothing_is_posted_before_the_worker_has_booted() {
    let mut page = Page::opened(BackendChoice::Auto, false);
    page.ask("Tom");
    let posts = |command: &Command| matches!(command, Command::Post { .. });
    assert!(!page.commands.iter().any(posts));
}

#[test]
fn an_answer_to_an_older_prompt_is_never_shown() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.take();
    let mut runs = Vec::new();
    for prompt in ["T", "To", "Tom"] {
        page.ask(prompt);
        runs.push(page.last_run(1));
    }
    for order in [[2, 0, 1], [1, 2, 0], [0, 1, 2]] {
        let mut page = Page {
            session: page.session.clone(),
            commands: Vec::new(),
            news: Vec::new(),
        };
        for index in order {
            page.say(1, ran(runs[index]));
        }
        assert_eq!(page.shown(), [runs[2].0], "answers in order {order:?}");
    }
}

#[test]
fn an_answer_of_an_ended_worker_is_never_shown() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let run = page.last_run(1);
    page.die(1);
    page.take();
    page.say(1, ran(run));
    assert_eq!(page.take(), (vec![], vec![]));
}

#[test]
fn a_prompt_that_does_not_fit_is_said_in_one_sentence_and_kills_nobody() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom ".repeat(300).as_str());
    let run = page.last_run(1);
    let message = "prompt has 301 tokens".to_owned();
    let blame = Blame::Input;
    let fitting = Some("Tom Tom".to_owned());
    page.say(
        1,
        Message::Failed {
            run,
            blame,
            message,
            fitting,
        },
    );
    let expected = News::RunFailed {
        why: "Prompt has 301 tokens.".to_owned(),
        fitting: Some("Tom Tom".to_owned()),
    };
    assert_eq!(page.news.last(), Some(&expected));
    assert_eq!(page.session.phase(), Phase::Live);
}

#[test]
fn a_model_that_cannot_be_read_stops_the_page_and_another_one_starts_it() {
    let mut page = Page::opened(BackendChoice::Cpu, false);
    page.say(1, Message::Booted);
    let run = page.last_run(1);
    let message = "model.safetensors is cut short".to_owned();
    let blame = Blame::Input;
    page.say(
        1,
        Message::Failed {
            run,
            blame,
            message,
            fitting: None,
        },
    );
    let expected = Phase::Stopped("model.safetensors is cut short.".to_owned());
    assert_eq!(page.session.phase(), expected);
    page.step(Input::UseModel("induction".to_owned()));
    let run = page.last_run(1);
    page.say(
        1,
        Message::Loaded {
            run,
            model: Box::new(model(Backend::Cpu)),
        },
    );
    page.answer(1);
    assert_eq!(page.session.phase(), Phase::Live);
}

#[test]
fn a_model_that_cannot_be_read_leaves_the_one_before() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.step(Input::UseModel("broken".to_owned()));
    let run = page.last_run(1);
    let message = "broken has no config.json".to_owned();
    let blame = Blame::Input;
    page.say(
        1,
        Message::Failed {
            run,
            blame,
            message,
            fitting: None,
        },
    );
    assert_eq!(page.session.model(), "stories");
    page.answer(1);
    assert_eq!(page.session.phase(), Phase::Live);
}

#[test]
fn loading_can_be_cancelled_while_the_module_or_the_model_arrives() {
    let mut page = Page::opened(BackendChoice::Cpu, false);
    let mut early = Page {
        session: page.session.clone(),
        commands: Vec::new(),
        news: Vec::new(),
    };
    early.step(Input::CancelLoad);
    assert!(early.is_ended(1));
    assert!(matches!(early.session.phase(), Phase::Stopped(_)));
    page.say(1, Message::Booted);
    let run = page.last_run(1);
    page.step(Input::CancelLoad);
    let cancel = Command::Post {
        worker: WorkerId(1),
        ask: Ask::Cancel { run },
    };
    assert_eq!(page.commands.last(), Some(&cancel));
    page.say(1, Message::Cancelled { run });
    assert!(matches!(page.session.phase(), Phase::Stopped(_)));
    page.step(Input::TryAgain);
    assert!(matches!(page.session.phase(), Phase::LoadingModel(_)));
}

#[test]
fn trying_again_looks_once_more_which_builds_there_are() {
    let mut page = Page {
        session: Session::new("stories", BackendChoice::Cpu),
        commands: Vec::new(),
        news: Vec::new(),
    };
    page.step(Input::NoBuilds("No list.".to_owned()));
    assert!(matches!(page.session.phase(), Phase::Stopped(_)));
    page.step(Input::TryAgain);
    assert_eq!(page.commands, [Command::FindBuilds]);
    page.step(Input::Builds {
        has_cpu: true,
        has_gpu: false,
        has_webgpu: false,
    });
    assert_eq!(page.started(), [Build::Cpu]);
}

#[test]
fn another_head_is_asked_for_once_and_only_if_it_is_not_known() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.take();
    let head = Head { layer: 0, head: 0 };
    page.step(Input::Look {
        head,
        is_known: true,
    });
    assert_eq!(page.commands, []);
    page.step(Input::Look {
        head,
        is_known: false,
    });
    let old = page.last_run(1);
    page.step(Input::Look {
        head: HEAD,
        is_known: false,
    });
    let new = page.last_run(1);
    for run in [old, new] {
        let pattern = pattern(2);
        page.say(1, Message::Pattern { run, pattern });
    }
    let patterns = |news: &&News| matches!(news, News::Pattern(_));
    assert_eq!(page.news.iter().filter(patterns).count(), 1);
}

#[test]
fn a_head_chosen_while_a_prompt_runs_is_asked_for_after_it() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let head = Head { layer: 3, head: 3 };
    page.step(Input::Look {
        head,
        is_known: false,
    });
    let is_pattern = |command: &Command| {
        matches!(
            command,
            Command::Post {
                ask: Ask::Pattern { .. },
                ..
            }
        )
    };
    assert!(
        !page.commands.iter().any(is_pattern),
        "one question at a time"
    );
    page.answer(1);
    assert!(matches!(
        page.commands.last(),
        Some(Command::Post { ask: Ask::Pattern { head: asked, .. }, .. }) if *asked == head
    ));
}

#[test]
fn a_head_that_the_model_lacks_becomes_the_nearest_it_has() {
    let mut page = Page::new(BackendChoice::Cpu);
    page.step(Input::Run {
        prompt: "Lily".to_owned(),
        head: Head { layer: 9, head: 1 },
        edits: Vec::new(),
    });
    page.step(Input::Builds {
        has_cpu: true,
        has_gpu: false,
        has_webgpu: false,
    });
    page.bring_up(1, Backend::Cpu);
    assert!(matches!(
        page.commands.last(),
        Some(Command::Post {
            ask: Ask::Run {
                head: Head { layer: 3, head: 1 },
                ..
            },
            ..
        })
    ));
}

#[test]
fn an_emptied_prompt_makes_the_running_one_pointless() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let run = page.last_run(1);
    page.step(Input::Forget);
    page.take();
    page.say(1, ran(run));
    assert_eq!(page.shown(), [0; 0]);
}
