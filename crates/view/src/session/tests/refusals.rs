//! A prompt that cannot be run, and what can still be asked about the one before.

use super::*;

const OTHER: Head = Head { layer: 0, head: 3 };

impl Page {
    /// Asks a prompt that the model cannot read, and hears so.
    fn ask_too_much(&mut self) {
        self.ask("Tom Tom Tom");
        let run = self.last_run(1);
        self.refuse(run);
    }

    fn refuse(&mut self, run: RunId) {
        let message = Message::Failed {
            run,
            blame: Blame::Input,
            message: "prompt has 301 tokens".to_owned(),
            fitting: None,
        };
        self.say(1, message);
    }

    /// The heads that were asked for since the commands were last taken.
    fn heads_asked_for(&self) -> Vec<Head> {
        let asked = self.commands.iter().filter_map(|command| match command {
            Command::Post {
                ask: Ask::Pattern { head, .. },
                ..
            } => Some(*head),
            _ => None,
        });
        asked.collect()
    }

    fn look(&mut self) {
        self.step(Input::Look {
            head: OTHER,
            is_known: false,
        });
    }
}

#[test]
fn after_a_prompt_that_cannot_be_run_the_one_before_is_still_answered() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask_too_much();
    page.take();
    page.look();
    assert_eq!(page.heads_asked_for(), [OTHER]);
    let run = page.last_run(1);
    let pattern = pattern(2);
    page.say(1, Message::Pattern { run, pattern });
    assert!(matches!(page.news.last(), Some(News::Pattern(_))));
}

#[test]
fn a_run_that_came_too_late_to_be_shown_is_not_asked_about() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let late = page.last_run(1);
    page.ask("Tom Tom Tom");
    let newest = page.last_run(1);
    page.take();
    page.say(1, ran(late));
    page.refuse(newest);
    assert_eq!(page.shown(), [0; 0]);
    page.look();
    assert_eq!(page.heads_asked_for(), []);
    assert!(!page.session.holds_shown() && !page.session.is_running());
}

#[test]
fn an_older_answer_that_is_heard_late_takes_nobodys_place() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("T");
    let older = page.last_run(1);
    page.ask("Tom");
    page.answer(1);
    assert!(page.session.holds_shown(), "the older one is over");
    page.say(1, ran(older));
    assert!(page.session.holds_shown());
}

#[test]
fn a_run_that_was_stopped_leaves_the_one_before_in_place() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let stopped = page.last_run(1);
    page.ask("Tom Tom Tom");
    let newest = page.last_run(1);
    page.say(1, Message::Cancelled { run: stopped });
    page.refuse(newest);
    assert!(page.session.holds_shown());
}

#[test]
fn an_emptied_prompt_waits_for_the_last_word_on_the_run_before_it_asks() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let run = page.last_run(1);
    page.step(Input::Forget);
    page.take();
    page.look();
    assert_eq!(page.heads_asked_for(), [], "the run may still complete");
    page.say(1, Message::Cancelled { run });
    page.look();
    assert_eq!(page.heads_asked_for(), [OTHER]);
}

#[test]
fn another_model_and_another_worker_know_nothing_of_the_run_that_is_shown() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.step(Input::UseModel("induction".to_owned()));
    let run = page.last_run(1);
    let model = Box::new(model(Backend::Cpu));
    page.say(1, Message::Loaded { run, model });
    let run = page.last_run(1);
    page.refuse(run);
    assert!(!page.session.holds_shown());
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.die(1);
    page.bring_up(2, Backend::Cpu);
    assert!(!page.session.holds_shown());
    page.answer(2);
    assert!(page.session.holds_shown());
}
