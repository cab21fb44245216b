//! Matrices as colours: one pixel per number, scaled up by the browser.

use headlight_figure::Shared;
use headlight_view::rooms::flash::figures::stage::{Colours, Heatmap, Scene};
use leptos::html::Canvas;
use leptos::prelude::*;

use crate::derived::{Derived, react};
use crate::draw::canvas;
use crate::draw::canvas::Palette;
use crate::draw::{Element, el};
use crate::store::Store;

/// The most heat maps that a step has.
const MOST: usize = 6;

/// All heat maps of the scene, below its texts.
#[derive(Clone, Copy)]
pub struct Heatmaps([NodeRef<Canvas>; MOST]);

impl Heatmaps {
    /// Paints what the scene says.
    pub fn new(store: Store, scene: Derived<Option<Shared<Scene>>>) -> Self {
        let canvases = [(); MOST].map(|()| NodeRef::<Canvas>::new());
        for (index, canvas) in canvases.into_iter().enumerate() {
            react(move || {
                let (Some(canvas), Some(palette)) = (canvas.get(), store.palette()) else {
                    return;
                };
                scene.with(|scene| {
                    if let Some(mosaic) = scene.as_ref().and_then(|scene| scene.mosaics.get(index))
                    {
                        let pixels = pixels(mosaic, &palette);
                        canvas::paint(&canvas, &pixels, mosaic.n_columns, mosaic.n_rows);
                    }
                });
            });
        }
        Self(canvases)
    }

    /// The canvases in their places; those that the step has no matrix for are empty.
    pub fn draw(self, scene: &Scene) -> impl Iterator<Item = Element> {
        let canvas = |(index, canvas): (usize, NodeRef<Canvas>)| {
            let at = scene.mosaics.get(index).map(|mosaic| mosaic.at);
            let at = at.unwrap_or_default();
            el("canvas")
                .class("painted mosaic")
                .set("aria-hidden", "true")
                .px("left", at.x)
                .px("top", at.y)
                .px("width", at.width)
                .px("height", at.height)
                .hold(canvas)
        };
        self.0.into_iter().enumerate().map(canvas)
    }
}

/// Colours that a heat map has at most.
const N_COLOURS: usize = 128;

/// `[row, column, 4]` bytes; hidden numbers are transparent, so that the hatching below shows.
fn pixels(mosaic: &Heatmap, palette: &Palette) -> Vec<u8> {
    let last = (N_COLOURS - 1) as f32;
    let colours: Vec<[u8; 3]> = (0..N_COLOURS)
        .map(|index| {
            let along = f64::from(index as f32 / last);
            match mosaic.colours {
                Colours::Weights => palette.ramp.rgb(along),
                Colours::Signed(_) => palette.diverging.rgb(2.0 * along - 1.0),
            }
        })
        .collect();
    let colour = |&value: &f32| -> [u8; 4] {
        if value == f32::NEG_INFINITY {
            return [0; 4];
        }
        let along = match mosaic.colours {
            Colours::Weights => value,
            Colours::Signed(largest) => value / largest.max(f32::MIN_POSITIVE) / 2.0 + 0.5,
        };
        let [red, green, blue] = colours[(along.clamp(0.0, 1.0) * last).round() as usize];
        [red, green, blue, 255]
    };
    mosaic.values.iter().flat_map(colour).collect()
}
