//! A page that is pointed at a model in several files.

#![cfg(feature = "cpu")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::rc::Rc;

use headlight_engine::{BackendChoice, Engine, Event, FetchError, Host, Request, RunId, mailbox};

/// A server of one folder, whose weights are in two files.
#[derive(Clone)]
struct Sharded {
    index: &'static str,
    events: Rc<RefCell<Vec<Event>>>,
}

impl Host for Sharded {
    async fn fetch(
        &self,
        path: &str,
        _: impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, FetchError> {
        match path.rsplit('/').next().unwrap() {
            "config.json" | "tokenizer.json" => Ok(b"{}".to_vec()),
            "model.safetensors.index.json" => Ok(self.index.into()),
            _ => Err(FetchError {
                path: path.to_owned(),
                is_absent: true,
                reason: "the server answered 404".to_owned(),
            }),
        }
    }

    async fn yield_now(&self) {}

    fn show_life(&self) -> impl Sized {}

    fn emit(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }

    fn close(&self) {}
}

/// What loading the folder ends in.
fn refusal(index: &'static str) -> String {
    let (mailbox, inbox) = mailbox();
    let events = Rc::new(RefCell::new(vec![]));
    let host = Sharded {
        index,
        events: Rc::clone(&events),
    };
    let load = Request::Load {
        run: RunId(1),
        model: "large".to_owned(),
        backend: BackendChoice::Cpu,
        inject: None,
    };
    assert!(mailbox.push(load).is_empty(), "nothing is under way yet");
    let mut serving = Box::pin(Engine::new(host, mailbox).serve(inbox));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(serving.as_mut().poll(&mut context).is_pending());
    let failed = events.borrow().iter().find_map(|event| match event {
        Event::Failed { error, .. } => Some(error.message.clone()),
        _ => None,
    });
    failed.unwrap()
}

#[test]
fn the_index_of_several_files_is_named() {
    let said = refusal(r#"{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}"#);
    assert_eq!(
        said,
        "the model's weights are in 2 files that model.safetensors.index.json names, expected \
         one model.safetensors, as a page reads it"
    );
}

#[test]
fn a_page_in_place_of_an_index_is_none() {
    // Some servers answer every address with their front page.
    let said = refusal("<!doctype html>");
    assert!(
        said.contains("model.safetensors could not be read: the server answered 404"),
        "{said}"
    );
}
