//! Where the exact probabilities of a model's language come from: a worker of
//! its own beside the engine, started when a run first needs it.

pub use headlight_language::Truth;
pub use headlight_language::TruthAsk;
use headlight_language::{NAME, TruthAnswer};

use crate::answers::run::Run;
use headlight_figure::Shared;

/// What is known of the truth about the run that is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ShownTruth {
    /// The model's language has no known probabilities.
    #[default]
    None,
    /// The worker has been asked.
    Awaited,
    /// Its answer.
    Known(Shared<Truth>),
    /// Why there is none, in one sentence.
    Unavailable(String),
}

impl ShownTruth {
    /// The truth, if it has arrived.
    #[must_use]
    pub fn known(&self) -> Option<Shared<Truth>> {
        match self {
            Self::Known(truth) => Some(truth.clone()),
            _ => None,
        }
    }
}

/// What the worker does or says.
#[derive(Clone, Debug, PartialEq)]
pub enum TruthInput {
    /// The worker listens.
    Ready,
    /// The worker has answered.
    Answered(TruthAnswer),
    /// The worker did not start, or stopped; why, without a full stop.
    Failed(String),
}

/// What to do with the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum TruthCommand {
    /// Start it; one that still runs is ended first.
    Start,
    /// Post a question to it.
    Ask(TruthAsk),
}

/// A question as the text that the worker reads.
///
/// # Errors
///
/// Returns why it cannot be written.
pub fn pack(ask: &TruthAsk) -> Result<String, String> {
    serde_json::to_string(ask).map_err(|error| error.to_string())
}

/// Reads an answer of the worker.
#[must_use]
pub fn unpack(json: &str) -> TruthInput {
    match serde_json::from_str(json) {
        Ok(answer) => TruthInput::Answered(answer),
        Err(error) => TruthInput::Failed(error.to_string()),
    }
}

/// What the page knows about the worker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TruthSource {
    phase: Phase,
    /// The newest question, until the worker listens.
    waiting: Option<TruthAsk>,
    n_asked: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Absent,
    Starting,
    Ready,
}

impl TruthSource {
    /// Asks about a run of a model with `d_vocab` tokens. A worker that is not
    /// there, or is no more, is started.
    pub(crate) fn ask(&mut self, run: &Run, d_vocab: usize) -> Option<TruthCommand> {
        self.n_asked += 1;
        let tokens = run.tokens.iter().map(|token| (token.id, &*token.text));
        let ask = TruthAsk::new(self.n_asked, d_vocab, tokens);
        if self.phase == Phase::Ready {
            return Some(TruthCommand::Ask(ask));
        }
        self.waiting = Some(ask);
        let is_absent = self.phase == Phase::Absent;
        self.phase = Phase::Starting;
        is_absent.then_some(TruthCommand::Start)
    }

    /// An answer that is under way is no longer wanted.
    pub(crate) fn forget(&mut self) {
        self.n_asked += 1;
        self.waiting = None;
    }

    /// Takes in what the worker says; returns what is shown from now on, if that
    /// changes, and what to do.
    pub(crate) fn on_message(
        &mut self,
        input: TruthInput,
    ) -> (Option<ShownTruth>, Option<TruthCommand>) {
        match input {
            TruthInput::Ready => {
                self.phase = Phase::Ready;
                (None, self.waiting.take().map(TruthCommand::Ask))
            }
            TruthInput::Answered(answer) if answer.ask != self.n_asked => (None, None),
            TruthInput::Answered(answer) => {
                let shown = match answer.truth {
                    Ok(truth) => ShownTruth::Known(Shared::new(truth)),
                    Err(reason) => ShownTruth::Unavailable(no_truth(&reason)),
                };
                (Some(shown), None)
            }
            TruthInput::Failed(reason) => {
                self.phase = Phase::Absent;
                self.waiting = None;
                let shown = ShownTruth::Unavailable(truth_failed(&reason));
                (Some(shown), None)
            }
        }
    }
}

/// True if the worker knows the language that a model names.
pub(crate) fn is_known(language: Option<&str>) -> bool {
    language == Some(NAME)
}

/// The language's worker refused the tokens.
#[must_use]
pub fn no_truth(reason: &str) -> String {
    format!("No exact probabilities: {reason}.")
}

/// The language's worker is not there.
#[must_use]
pub fn truth_failed(reason: &str) -> String {
    format!("The exact probabilities of the language did not arrive: {reason}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;

    fn truth(n: usize) -> Truth {
        Truth {
            nll: vec![None; n],
            next: Vec::new(),
            impossible: None,
        }
    }

    fn asked(command: Option<TruthCommand>) -> u64 {
        match command {
            Some(TruthCommand::Ask(ask)) => ask.ask,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_question_starts_the_worker_and_waits_until_it_listens() {
        let mut source = TruthSource::default();
        assert_eq!(source.ask(&run(&["a"]), 9), Some(TruthCommand::Start));
        assert_eq!(source.ask(&run(&["a", " b"]), 9), None);
        let (shown, command) = source.on_message(TruthInput::Ready);
        assert_eq!(shown, None);
        let Some(TruthCommand::Ask(ask)) = command else {
            panic!("nothing is asked");
        };
        assert_eq!((ask.ask, ask.tokens.len(), ask.d_vocab), (2, 2, 9));
        assert_eq!(asked(source.ask(&run(&["c"]), 9)), 3);
    }

    #[test]
    fn only_the_answer_to_the_newest_question_is_shown() {
        let mut source = TruthSource::default();
        source.ask(&run(&["a"]), 9);
        source.on_message(TruthInput::Ready);
        source.ask(&run(&["a", " b"]), 9);
        let answer = |ask, n| {
            TruthInput::Answered(TruthAnswer {
                ask,
                truth: Ok(truth(n)),
            })
        };
        assert_eq!(source.on_message(answer(1, 1)), (None, None));
        let (shown, _) = source.on_message(answer(2, 2));
        assert_eq!(shown.unwrap().known().unwrap().nll.len(), 2);
        source.forget();
        assert_eq!(source.on_message(answer(2, 2)), (None, None));
    }

    #[test]
    fn a_refusal_is_one_sentence() {
        let mut source = TruthSource::default();
        source.ask(&run(&["a"]), 9);
        let (shown, _) = source.on_message(TruthInput::Answered(TruthAnswer {
            ask: 1,
            truth: Err("the model has 9 tokens".to_owned()),
        }));
        let Some(ShownTruth::Unavailable(sentence)) = shown else {
            panic!("{shown:?}");
        };
        assert!(sentence.contains("the model has 9 tokens") && sentence.ends_with('.'));
    }

    #[test]
    fn a_worker_that_failed_is_started_again_by_the_next_question() {
        let mut source = TruthSource::default();
        source.ask(&run(&["a"]), 9);
        let (shown, command) = source.on_message(TruthInput::Failed("it is gone".to_owned()));
        assert!(matches!(shown, Some(ShownTruth::Unavailable(_))) && command.is_none());
        assert_eq!(source.ask(&run(&["a"]), 9), Some(TruthCommand::Start));
    }

    #[test]
    fn question_and_answer_survive_the_way_through_the_worker() {
        let mut source = TruthSource::default();
        source.ask(&run(&["a", " b"]), 9);
        let (_, command) = source.on_message(TruthInput::Ready);
        let Some(TruthCommand::Ask(ask)) = command else {
            panic!("nothing is asked");
        };
        let heard: TruthAsk = serde_json::from_str(&pack(&ask).unwrap()).unwrap();
        assert_eq!(heard, ask);
        let answer = heard.answer();
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(unpack(&json), TruthInput::Answered(answer));
        assert!(matches!(unpack("{"), TruthInput::Failed(_)));
    }
}
