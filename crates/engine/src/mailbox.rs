//! Requests on their way to the engine: latest wins.
//!
//! Requests arrive while the engine computes. A newer request takes those that
//! it replaces out of the queue and makes the one under way stop at its next
//! pause if it replaces that; what replaces what says [`Request::replaces`]. The
//! rest is served in turn.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;

use crate::{Request, RunId};

/// Where requests are put; cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailbox {
    shared: Rc<RefCell<Shared>>,
    bell: UnboundedSender<()>,
}

/// Where the engine takes requests from.
#[derive(Debug)]
pub struct Inbox {
    shared: Rc<RefCell<Shared>>,
    bell: UnboundedReceiver<()>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: VecDeque<Request>,
    /// The request under way.
    current: Option<Current>,
}

#[derive(Debug)]
struct Current {
    request: Request,
    is_wanted: bool,
}

/// A new, empty mailbox and its other end.
#[must_use]
pub fn mailbox() -> (Mailbox, Inbox) {
    let shared = Rc::new(RefCell::new(Shared::default()));
    let (sender, receiver) = unbounded();
    let inbox = Inbox {
        shared: Rc::clone(&shared),
        bell: receiver,
    };
    let mailbox = Mailbox {
        shared,
        bell: sender,
    };
    (mailbox, inbox)
}

impl Mailbox {
    /// Puts a request in and returns the ids of those it has pushed out of the
    /// queue, which will get no answer but deserve an [`crate::Event::Cancelled`].
    #[must_use = "requests that were pushed out need a cancelled event"]
    pub fn push(&self, request: Request) -> Vec<RunId> {
        let mut shared = self.shared.borrow_mut();
        let pushed_out = shared.drop_where(|other| request.replaces(other));
        if let Some(current) = &mut shared.current {
            current.is_wanted &= !request.replaces(&current.request);
        }
        if !matches!(request, Request::Cancel { .. }) {
            shared.waiting.push_back(request);
            // The engine may have ended; then nobody listens, and that is fine.
            let _unheard = self.bell.unbounded_send(());
        }
        pushed_out
    }

    /// True while the request under way is wanted.
    #[must_use]
    pub fn is_current_wanted(&self) -> bool {
        let shared = self.shared.borrow();
        shared
            .current
            .as_ref()
            .is_none_or(|current| current.is_wanted)
    }
}

impl Shared {
    fn drop_where(&mut self, is_dropped: impl Fn(&Request) -> bool) -> Vec<RunId> {
        let (dropped, kept): (Vec<Request>, Vec<Request>) = self
            .waiting
            .drain(..)
            .partition(|request| is_dropped(request));
        self.waiting = kept.into();
        dropped.iter().map(Request::run).collect()
    }
}

impl Inbox {
    /// Waits for the next request and makes it the one under way; `None` once
    /// every [`Mailbox`] is gone.
    pub async fn next(&mut self) -> Option<Request> {
        self.shared.borrow_mut().current = None;
        loop {
            let next = self.shared.borrow_mut().waiting.pop_front();
            if let Some(request) = next {
                self.shared.borrow_mut().current = Some(Current {
                    request: request.clone(),
                    is_wanted: true,
                });
                return Some(request);
            }
            self.bell.next().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: u64) -> Request {
        Request::Run {
            run: RunId(id),
            prompt: String::new(),
            top: 1,
            edits: vec![],
            pattern: None,
        }
    }

    fn load(id: u64) -> Request {
        Request::Load {
            run: RunId(id),
            model: String::new(),
            backend: crate::BackendChoice::Auto,
            inject: None,
        }
    }

    fn next(inbox: &mut Inbox) -> Option<RunId> {
        pollster::block_on(inbox.next()).map(|request| request.run())
    }

    #[test]
    fn a_newer_run_pushes_waiting_runs_out_but_not_loads() {
        let (mailbox, mut inbox) = mailbox();
        assert!(mailbox.push(load(1)).is_empty());
        assert!(mailbox.push(run(2)).is_empty());
        assert_eq!(mailbox.push(run(3)), [RunId(2)]);
        assert_eq!(next(&mut inbox), Some(RunId(1)));
        assert_eq!(next(&mut inbox), Some(RunId(3)));
        drop(mailbox);
        assert_eq!(next(&mut inbox), None);
    }

    #[test]
    fn a_newer_run_ends_the_run_under_way() {
        let (mailbox, mut inbox) = mailbox();
        assert!(mailbox.push(run(1)).is_empty());
        next(&mut inbox);
        assert!(mailbox.is_current_wanted());
        assert!(mailbox.push(run(2)).is_empty());
        assert!(!mailbox.is_current_wanted());
        next(&mut inbox);
        assert!(mailbox.is_current_wanted());
    }

    #[test]
    fn a_run_does_not_end_a_load() {
        let (mailbox, mut inbox) = mailbox();
        assert!(mailbox.push(load(1)).is_empty());
        next(&mut inbox);
        assert!(mailbox.push(run(2)).is_empty());
        assert!(mailbox.is_current_wanted());
    }

    #[test]
    fn a_cancel_ends_only_what_it_names() {
        let (mailbox, mut inbox) = mailbox();
        let cancel = |id| mailbox.push(Request::Cancel { run: RunId(id) });
        assert!(mailbox.push(load(1)).is_empty());
        assert!(mailbox.push(run(2)).is_empty());
        next(&mut inbox);
        assert!(cancel(7).is_empty());
        assert!(mailbox.is_current_wanted());
        assert_eq!(cancel(2), [RunId(2)]);
        assert!(mailbox.is_current_wanted());
        assert!(cancel(1).is_empty());
        assert!(!mailbox.is_current_wanted());
    }
}
