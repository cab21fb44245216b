//! The figure in its document: drawing, marks over it, controls, sentence and credit.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use headlight_draw::{Listening, Operated, Picture, listen};
use headlight_figure::{Element, Gesture, GestureKind, Size};
use headlight_view::embed::page_fragment;
use headlight_view::frame::ThemeName;
use headlight_view::frame::embed::Embedded;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlAnchorElement, HtmlElement, IntersectionObserver, IntersectionObserverEntry};

use crate::host;

/// Room beside the drawing, on both sides together, in pixels.
const MARGINS_PX: f64 = 32.0;
/// Widest drawing, in pixels: what is wider has no more to show.
const WIDEST_PX: f64 = 1080.0;

/// A figure, and where it stands.
struct PlacedFigure {
    figure: RefCell<Box<dyn Embedded>>,
    picture: RefCell<Picture>,
    marks: RefCell<Picture>,
    controls: RefCell<Operated>,
    place: HtmlElement,
    theme: ThemeName,
    width: Cell<f64>,
    told_height: Cell<f64>,
    /// Height of the longest sentence in this width, in pixels.
    tallest: Cell<f64>,
    /// Whether a frame of the screen is asked for already.
    is_drawing_due: Cell<bool>,
    last_tick_ms: Cell<f64>,
    listening: RefCell<Vec<Listening>>,
}

/// Sets the theme of the link, or the reader's own.
pub(crate) fn show_theme(asked: Option<ThemeName>) {
    let theme = asked.unwrap_or_else(preferred);
    if let Some(root) = host::document().document_element() {
        // Fails only for names that are no attribute names.
        drop(root.set_attribute("data-theme", theme.name()));
    }
}

fn preferred() -> ThemeName {
    if host::prefers_dark() {
        ThemeName::Dark
    } else {
        ThemeName::Light
    }
}

/// Shows a sentence in place of a figure.
pub(crate) fn say(sentence: &str) {
    let place = host::element("says");
    place.set_text_content(Some(sentence));
    place.set_class_name("");
    // Read out without being asked for.
    drop(place.set_attribute("role", "alert"));
    let heading = host::element("title");
    heading.set_text_content(Some("This figure cannot be shown"));
    host::tell_height(height());
}

/// Shows a figure.
pub(crate) fn show(figure: Box<dyn Embedded>) {
    let root = host::document().document_element();
    let name = root.and_then(|root| root.get_attribute("data-theme"));
    let shown = Rc::new(PlacedFigure {
        figure: RefCell::new(figure),
        picture: RefCell::new(Picture::within(host::element("drawing"))),
        marks: RefCell::new(Picture::within(host::element("marks"))),
        controls: RefCell::new(Operated::within(host::element("controls").into())),
        place: host::element("figure"),
        theme: name
            .and_then(|name| ThemeName::from_name(&name))
            .unwrap_or_else(preferred),
        width: Cell::new(0.0),
        told_height: Cell::new(0.0),
        tallest: Cell::new(0.0),
        is_drawing_due: Cell::new(false),
        last_tick_ms: Cell::new(0.0),
        listening: RefCell::default(),
    });
    for id in ["figure", "controls"] {
        let heard = Rc::clone(&shown);
        let listening = listen(&host::element(id), move |gesture| heard.act(&gesture));
        shown.listening.borrow_mut().push(listening);
    }
    let link: HtmlAnchorElement = host::element("page").unchecked_into();
    link.set_href(&format!("./{}", page_fragment(&host::fragment())));
    shown.draw();
    shown.follow_width();
    shown.pause_unseen();
    host::document().set_title(&shown.figure.borrow().title());
}

impl PlacedFigure {
    fn act(self: &Rc<Self>, gesture: &Gesture) -> bool {
        let is_done = self
            .figure
            .borrow_mut()
            .on_gesture(gesture, self.width.get());
        if is_done {
            match gesture.kind {
                // What was moved by hand is seen at once.
                GestureKind::Input | GestureKind::Key | GestureKind::Click => self.draw(),
                GestureKind::Over | GestureKind::Leave => self.draw_marks(),
                _ => self.draw_soon(),
            }
            self.play();
        }
        is_done
    }

    /// Draws before the next frame of the screen, however often it is asked.
    fn draw_soon(self: &Rc<Self>) {
        if !self.is_drawing_due.replace(true) {
            let shown = Rc::clone(self);
            host::next_frame(move || {
                shown.is_drawing_due.set(false);
                shown.draw();
            });
        }
    }

    fn draw(&self) {
        let inner = host::window().inner_width().ok();
        let inner = inner.and_then(|width| width.as_f64()).unwrap_or_default();
        // Not the document's own width, which a scroll bar takes from: the height would
        // change the width, and the width the height.
        let width = (inner - MARGINS_PX).clamp(1.0, WIDEST_PX).floor();
        if self.width.replace(width) != width {
            self.tallest.set(0.0);
            // Every browser takes back what was set.
            drop(host::element("says").style().remove_property("min-height"));
        }
        let drawing = self.figure.borrow_mut().drawing(width);
        show_in(&self.picture, drawing, self.theme);
        self.draw_marks();
        let figure = self.figure.borrow();
        if let Some(controls) = figure.controls() {
            self.controls.borrow_mut().show(&controls);
        }
        // Fails only for names that are no attribute names.
        drop(self.place.set_attribute("aria-label", &figure.spoken()));
        put_text("title", &figure.title());
        self.put_sentence(&figure.sentence());
        put_text("credit", &figure.credit());
        drop(figure);
        let height = height();
        if (height - self.told_height.get()).abs() >= 1.0 {
            self.told_height.set(height);
            host::tell_height(height);
        }
    }

    /// Draws what the pointer marks, and nothing else.
    fn draw_marks(&self) {
        let marks = self.figure.borrow_mut().marks(self.width.get());
        show_in(&self.marks, marks, self.theme);
    }

    /// Writes the sentence. The article around the frame does not jump with it: its room
    /// grows to that of the longest one and stays.
    fn put_sentence(&self, sentence: &str) {
        let says = host::element("says");
        says.set_class_name("");
        put_text("says", sentence);
        let height = says.get_bounding_client_rect().height();
        if height > self.tallest.get() {
            self.tallest.set(height);
            // A length is a value of the property.
            drop(
                says.style()
                    .set_property("min-height", &format!("{height}px")),
            );
        }
    }

    fn follow_width(self: &Rc<Self>) {
        let shown = Rc::clone(self);
        let closure = Closure::<dyn Fn()>::new(move || shown.draw_soon());
        host::window().set_onresize(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
    }

    /// Lets time pass for as long as the figure plays.
    fn play(self: &Rc<Self>) {
        if self.figure.borrow().is_playing() && self.last_tick_ms.get() == 0.0 {
            self.last_tick_ms.set(host::now_ms());
            self.next_tick();
        }
    }

    fn next_tick(self: &Rc<Self>) {
        let shown = Rc::clone(self);
        host::next_frame(move || {
            if !shown.figure.borrow().is_playing() {
                shown.last_tick_ms.set(0.0);
                return;
            }
            let now = host::now_ms();
            let elapsed = now - shown.last_tick_ms.replace(now);
            shown.figure.borrow_mut().tick(elapsed);
            shown.draw();
            shown.next_tick();
        });
    }

    /// Stands still while nobody sees it.
    fn pause_unseen(self: &Rc<Self>) {
        let shown = Rc::clone(self);
        let closure = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
            if !last.is_intersecting() && shown.figure.borrow().is_playing() {
                shown.figure.borrow_mut().pause();
                shown.draw();
            }
        });
        // Every browser that runs the module has observers.
        if let Ok(observer) = IntersectionObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&self.place);
            closure.forget();
        }
    }
}

fn show_in(picture: &RefCell<Picture>, drawn: Option<(Element, Size)>, theme: ThemeName) {
    let mut picture = picture.borrow_mut();
    match drawn {
        Some((drawing, size)) => picture.show(&drawing, size, theme.colours()),
        None => picture.clear(),
    }
}

fn put_text(id: &str, text: &str) {
    let element = host::element(id);
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Height of all that the document shows, in pixels.
fn height() -> f64 {
    host::element("embed")
        .get_bounding_client_rect()
        .height()
        .ceil()
}
