//! A drawing as a part of a view of Leptos.

use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::no_attrs;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;

use super::Node;
use super::patch::{Live, Pen};

/// A drawing where a view is expected.
pub struct Drawn(SendWrapper<Node>);

/// A drawing where a view is expected; drawn again, it is changed and not replaced.
pub fn drawn(node: impl Into<Node>) -> Drawn {
    Drawn(SendWrapper::new(node.into()))
}

/// What was drawn, and with what.
pub struct Standing {
    pen: Pen,
    live: Live,
}

impl Render for Drawn {
    type State = Standing;

    fn build(self) -> Standing {
        let pen = Pen::new();
        let live = pen.make(self.0.take());
        Standing { pen, live }
    }

    fn rebuild(self, standing: &mut Standing) {
        standing.pen.bring(&mut standing.live, self.0.take());
    }
}

impl Mountable for Standing {
    fn unmount(&mut self) {
        self.live.leave();
    }

    fn mount(&mut self, parent: &web_sys::Element, next: Option<&web_sys::Node>) {
        self.live.enter(parent, next);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.live.put_in_front(child)
    }

    fn elements(&self) -> Vec<web_sys::Element> {
        Vec::new()
    }
}

no_attrs!(Drawn);

/// The page is drawn in browsers only: nothing is written as HTML, nor taken over from it.
impl RenderHtml for Drawn {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Standing {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
