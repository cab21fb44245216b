//! A drawing as a part of a view of Leptos.

use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::no_attrs;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;

use super::element::Node;
use super::mounted::Mounted;
use super::patch::Patcher;

/// A drawing where a view is expected.
pub struct Drawn(SendWrapper<Node>);

/// A drawing where a view is expected; drawn again, it is changed and not replaced.
pub fn drawn(node: impl Into<Node>) -> Drawn {
    Drawn(SendWrapper::new(node.into()))
}

/// A drawing that stands in the document, and what changes it.
pub struct DrawnState {
    patcher: Patcher,
    mounted: Mounted,
}

impl Render for Drawn {
    type State = DrawnState;

    fn build(self) -> DrawnState {
        let patcher = Patcher::new();
        let mounted = patcher.make(self.0.take());
        DrawnState { patcher, mounted }
    }

    fn rebuild(self, state: &mut DrawnState) {
        state.patcher.patch(&mut state.mounted, self.0.take());
    }
}

impl Mountable for DrawnState {
    fn unmount(&mut self) {
        self.mounted.unmount();
    }

    fn mount(&mut self, parent: &web_sys::Element, next: Option<&web_sys::Node>) {
        self.mounted.mount(parent, next);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.mounted.insert_before(child)
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

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> DrawnState {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
