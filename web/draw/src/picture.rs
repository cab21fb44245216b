//! A figure in the document.

use headlight_figure::{Element, LIGHT, Pixels, Size, Theme, decimal, tenths};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::canvas;
use crate::layers::{Layer, Part, has_roles, layers};
use crate::patch::{MountedElement, Patcher, remove};
use crate::shared_hatching;
use crate::target_names;

/// A drawing as layers of SVG with canvases between them, in an element of its own.
///
/// What can be pointed at carries its target as `data-target`. A drawing without roles has
/// no name of its own: it stands in a `figure`, which says what it shows.
#[derive(Debug)]
pub struct Picture {
    root: HtmlElement,
    layers: Vec<MountedLayer>,
    shown: Option<(Size, &'static Theme)>,
}

/// What a visitor operates below a figure, as elements of HTML in an element of its own.
#[derive(Debug)]
pub struct Operated {
    root: web_sys::Element,
    part: Option<MountedElement>,
}

#[derive(Debug)]
enum MountedLayer {
    Svg {
        svg: web_sys::Element,
        part: MountedElement,
        is_silent: bool,
    },
    Canvas {
        canvas: HtmlCanvasElement,
        pixels: Pixels,
    },
}

impl Picture {
    /// A picture of nothing in an empty element.
    #[must_use]
    pub fn within(root: HtmlElement) -> Self {
        root.set_hidden(true);
        Self {
            root,
            layers: Vec::new(),
            shown: None,
        }
    }

    /// Shows nothing, and takes no room.
    pub fn clear(&mut self) {
        self.layers.drain(..).for_each(|layer| layer.remove());
        self.root.set_hidden(true);
        self.shown = None;
    }

    /// Changes the picture until it is the drawing, in the room that it takes, under a
    /// theme.
    pub fn show(&mut self, drawing: &Element, size: Size, theme: &'static Theme) {
        let is_new_size = self.shown.is_none_or(|(old, _)| old != size);
        let is_new_theme = self.shown.is_none_or(|(_, old)| old != theme);
        let Some(document) = self.root.owner_document() else {
            return;
        };
        let patcher = LayerPatcher {
            patcher: Patcher {
                document: &document,
                theme,
                is_new_theme,
                is_svg: true,
            },
            is_silent: !has_roles(drawing),
            size,
            is_new_size,
        };
        if self.shown.is_none() {
            shared_hatching::ensure(&patcher.patcher);
        }
        let wanted = layers(drawing);
        for gone in self.layers.drain(wanted.len().min(self.layers.len())..) {
            gone.remove();
        }
        for (at, layer) in wanted.iter().enumerate() {
            let mounted = self.layers.get_mut(at);
            if mounted.is_some_and(|mounted| patcher.patch(mounted, layer)) {
                continue;
            }
            let made = patcher.make(layer);
            match self.layers.get_mut(at) {
                Some(mounted) => {
                    drop(self.root.replace_child(made.node(), mounted.node()));
                    *mounted = made;
                }
                None => {
                    drop(self.root.append_child(made.node()));
                    self.layers.push(made);
                }
            }
        }
        if self.shown.is_none() {
            self.root.set_hidden(false);
        }
        if is_new_size {
            put_px(&self.root, "width", size.width);
            put_px(&self.root, "height", size.height);
        }
        self.shown = Some((size, theme));
    }
}

impl Operated {
    /// Nothing to operate in an empty element.
    #[must_use]
    pub const fn within(root: web_sys::Element) -> Self {
        Self { root, part: None }
    }

    /// Changes the elements until they are what is drawn. Only SVG has colours of scales,
    /// so there is no theme.
    pub fn show(&mut self, drawn: &Element) {
        let Some(document) = self.root.owner_document() else {
            return;
        };
        let patcher = Patcher {
            document: &document,
            theme: &LIGHT,
            is_new_theme: false,
            is_svg: false,
        };
        match &mut self.part {
            Some(mounted) if Patcher::is_same(mounted, drawn) => {
                patcher.patch(mounted, &Part::whole(drawn));
            }
            part => {
                let made = patcher.make(&Part::whole(drawn));
                self.root.set_text_content(None);
                drop(self.root.append_child(&made.dom));
                *part = Some(made);
            }
        }
    }
}

/// What layers are made and changed with.
struct LayerPatcher<'d> {
    patcher: Patcher<'d>,
    is_silent: bool,
    size: Size,
    is_new_size: bool,
}

impl LayerPatcher<'_> {
    fn make(&self, layer: &Layer<'_>) -> MountedLayer {
        match layer {
            Layer::Svg(part) => {
                let made = self.patcher.make_svg();
                let part = self.patcher.make(part);
                drop(made.append_child(&part.dom));
                self.put_size(&made);
                put_silence(&made, self.is_silent);
                MountedLayer::Svg {
                    svg: made,
                    part,
                    is_silent: self.is_silent,
                }
            }
            Layer::Canvas(pixels) => {
                let canvas = self.patcher.document.create_element("canvas");
                let canvas = canvas.expect("a name of an element");
                canvas.set_class_name("pixels");
                drop(canvas.set_attribute("aria-hidden", "true"));
                let canvas: HtmlCanvasElement = canvas.unchecked_into();
                self.put_pixels(&canvas, None, pixels);
                MountedLayer::Canvas {
                    canvas,
                    pixels: (*pixels).clone(),
                }
            }
        }
    }

    /// Changes a layer; false if it must be another one.
    fn patch(&self, mounted: &mut MountedLayer, layer: &Layer<'_>) -> bool {
        match (mounted, layer) {
            (
                MountedLayer::Svg {
                    svg,
                    part,
                    is_silent,
                },
                Layer::Svg(new),
            ) if Patcher::is_same(part, new.element) => {
                self.patcher.patch(part, new);
                if self.is_new_size {
                    self.put_size(svg);
                }
                if *is_silent != self.is_silent {
                    put_silence(svg, self.is_silent);
                    *is_silent = self.is_silent;
                }
                true
            }
            (MountedLayer::Canvas { canvas, pixels }, Layer::Canvas(new))
                if pixels.key == new.key =>
            {
                if self.patcher.is_new_theme || pixels != *new {
                    let old = (!self.patcher.is_new_theme).then_some(&*pixels);
                    self.put_pixels(canvas, old, new);
                    pixels.clone_from(new);
                }
                true
            }
            _ => false,
        }
    }

    fn put_size(&self, svg: &web_sys::Element) {
        for (name, length) in [("width", self.size.width), ("height", self.size.height)] {
            drop(svg.set_attribute(name, &decimal(tenths(length))));
        }
    }

    /// Writes what differs from `old` into the canvas.
    fn put_pixels(&self, canvas: &HtmlCanvasElement, old: Option<&Pixels>, new: &Pixels) {
        let places = |of: &Pixels| [of.x, of.y, of.size.width, of.size.height];
        if old.map(places) != Some(places(new)) {
            let names = ["left", "top", "width", "height"];
            for (name, length) in names.into_iter().zip(places(new)) {
                put_px(canvas, name, length);
            }
        }
        let colours = |of: &Pixels| (of.n_rows, of.n_columns, of.palette);
        let is_painted =
            old.is_some_and(|old| colours(old) == colours(new) && old.indices == new.indices);
        if !is_painted {
            canvas::paint(canvas, new, self.patcher.theme);
        }
        if old.and_then(|old| old.target) != new.target {
            match new.target {
                Some(target) => {
                    target_names::remember(target.what);
                    drop(canvas.set_attribute("data-target", &target.to_string()));
                }
                None => drop(canvas.remove_attribute("data-target")),
            }
        }
    }
}

impl MountedLayer {
    fn node(&self) -> &web_sys::Node {
        match self {
            Self::Svg { svg, .. } => svg,
            Self::Canvas { canvas, .. } => canvas,
        }
    }

    fn remove(&self) {
        remove(self.node());
    }
}

fn put_silence(svg: &web_sys::Element, is_silent: bool) {
    if is_silent {
        drop(svg.set_attribute("aria-hidden", "true"));
    } else {
        drop(svg.remove_attribute("aria-hidden"));
    }
}

/// Sets a length of the style; the policy of the page forbids it as an attribute.
fn put_px(element: &HtmlElement, name: &str, length: f64) {
    let length = format!("{}px", decimal(tenths(length)));
    // Fails only for names that are no properties.
    drop(element.style().set_property(name, &length));
}
