//! Widths of elements, followed as they change.

use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::derived::react;

/// The width of an element's content box, followed as it changes.
pub fn width_of<E>(element: NodeRef<E>) -> Signal<f64>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    follow_width(element, false)
}

/// The width of an element's content box, known as soon as the element is there and
/// followed as it changes: for the first figure, below which nothing may move, and for
/// which the page is laid out anyway.
pub fn width_at_once<E>(element: NodeRef<E>) -> Signal<f64>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    follow_width(element, true)
}

fn follow_width<E>(element: NodeRef<E>, is_urgent: bool) -> Signal<f64>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let (width, set_width) = signal(0.0);
    let observer = StoredValue::new_local(None::<(web_sys::ResizeObserver, ResizeClosure)>);
    react(move || {
        let Some(element) = element.get() else {
            return;
        };
        let element: web_sys::Element = element.unchecked_into();
        if is_urgent {
            set_width.set(element.get_bounding_client_rect().width().floor());
        }
        // The observer speaks first after the layout and before the paint of this
        // frame; to ask at once would lay the page out for every figure.
        let closure = Closure::new(move |entries: js_sys::Array, _: web_sys::ResizeObserver| {
            let entry = entries
                .get(0)
                .unchecked_into::<web_sys::ResizeObserverEntry>();
            let new = entry.content_rect().width().floor();
            if new > 0.0 && (new - width.get_untracked()).abs() >= 1.0 {
                set_width.set(new);
            }
        });
        let resize = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref());
        if let Ok(resize) = resize {
            resize.observe(&element);
            observer.set_value(Some((resize, closure)));
        }
    });
    on_cleanup(move || {
        observer.update_value(|observer| {
            if let Some((resize, _)) = observer.take() {
                resize.disconnect();
            }
        });
    });
    width.into()
}

type ResizeClosure = Closure<dyn FnMut(js_sys::Array, web_sys::ResizeObserver)>;
