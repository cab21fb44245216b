//! Whole figures: what is written is safe, complete and what was meant; pictures of
//! both themes have the colours they should.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/gallery/dejavu_fonts.rs"]
mod dejavu_fonts;
#[path = "../examples/gallery/render.rs"]
mod render;
#[path = "../examples/gallery/samples.rs"]
mod samples;

use std::collections::BTreeSet;
use std::sync::Mutex;

use expect_test::{expect, expect_file};
use headlight_figure::{
    Axis, Bands, Direction, Element, Figure, LIGHT, LogBase, Mark, Node, Palette, Scale, Side,
    Theme, Tone, axis, band_names, bars, dots, el, heatmap, histogram, html, line, svg, theme,
    unscaled_width,
};
use proptest::prelude::*;
use resvg::tiny_skia::Pixmap;
use resvg::usvg::roxmltree::{Document, ParsingOptions};

/// The figure's file at the width at which nothing is scaled.
fn file(figure: &Figure, theme: &Theme) -> String {
    svg(figure, theme, unscaled_width(figure.size.width))
}

/// An element a line.
fn lines(written: &str) -> String {
    written.replace("><", ">\n<")
}

/// What a drawing is in a file, an element a line.
fn drawn(drawing: impl Into<Node>) -> String {
    let figure = Figure {
        drawing: el("g").add(drawing),
        ..samples::change()
    };
    let file = file(&figure, &LIGHT);
    let (_, after) = file.split_once("<g transform=\"translate(24 ").unwrap();
    let (_, after) = after.split_once("\"><g>").unwrap();
    let (inside, _) = after.rsplit_once("</g></g></g></svg>").unwrap();
    lines(inside) + "\n"
}

#[test]
fn an_axis_is_a_line_with_ticks_and_labels() {
    let x = Scale::linear((0.0, 1.0), (0.0, 200.0));
    let axis = axis(&x, Side::Bottom, 10.0).at_most(3).title("share");
    expect![[r#"
        <g class="axis">
        <line class="axis-line" x1="0" y1="10" x2="200" y2="10"/>
        <line class="axis-tick" x1="0" y1="10" x2="0" y2="14"/>
        <line class="axis-tick" x1="100" y1="10" x2="100" y2="14"/>
        <line class="axis-tick" x1="200" y1="10" x2="200" y2="14"/>
        <text class="text-number" x="0" y="29.2" text-anchor="middle">0.0</text>
        <text class="text-number" x="100" y="29.2" text-anchor="middle">0.5</text>
        <text class="text-number" x="200" y="29.2" text-anchor="middle">1.0</text>
        <text class="text-note" x="100" y="49" text-anchor="middle">share</text>
        </g>
    "#]]
    .assert_eq(&drawn(axis));
}

#[test]
fn a_logarithmic_axis_has_minor_ticks() {
    let y = Scale::log(LogBase::Ten, (1.0, 100.0), (60.0, 0.0));
    expect![[r#"
        <g class="axis">
        <line class="axis-line" x1="30" y1="60" x2="30" y2="0"/>
        <line class="axis-tick" x1="30" y1="60" x2="26" y2="60"/>
        <line class="axis-tick is-minor" x1="30" y1="51" x2="28" y2="51"/>
        <line class="axis-tick is-minor" x1="30" y1="45.7" x2="28" y2="45.7"/>
        <line class="axis-tick is-minor" x1="30" y1="41.9" x2="28" y2="41.9"/>
        <line class="axis-tick is-minor" x1="30" y1="39" x2="28" y2="39"/>
        <line class="axis-tick is-minor" x1="30" y1="36.7" x2="28" y2="36.7"/>
        <line class="axis-tick is-minor" x1="30" y1="34.6" x2="28" y2="34.6"/>
        <line class="axis-tick is-minor" x1="30" y1="32.9" x2="28" y2="32.9"/>
        <line class="axis-tick is-minor" x1="30" y1="31.4" x2="28" y2="31.4"/>
        <line class="axis-tick" x1="30" y1="30" x2="26" y2="30"/>
        <line class="axis-tick is-minor" x1="30" y1="21" x2="28" y2="21"/>
        <line class="axis-tick is-minor" x1="30" y1="15.7" x2="28" y2="15.7"/>
        <line class="axis-tick is-minor" x1="30" y1="11.9" x2="28" y2="11.9"/>
        <line class="axis-tick is-minor" x1="30" y1="9" x2="28" y2="9"/>
        <line class="axis-tick is-minor" x1="30" y1="6.7" x2="28" y2="6.7"/>
        <line class="axis-tick is-minor" x1="30" y1="4.6" x2="28" y2="4.6"/>
        <line class="axis-tick is-minor" x1="30" y1="2.9" x2="28" y2="2.9"/>
        <line class="axis-tick is-minor" x1="30" y1="1.4" x2="28" y2="1.4"/>
        <line class="axis-tick" x1="30" y1="0" x2="26" y2="0"/>
        <text class="text-number" x="22" y="64.1" text-anchor="end">1</text>
        <text class="text-number" x="22" y="34.1" text-anchor="end">10</text>
        <text class="text-number" x="22" y="4.1" text-anchor="end">100</text>
        </g>
    "#]]
    .assert_eq(&drawn(axis(&y, Side::Left, 30.0)));
}

#[test]
fn bars_have_a_target_each_but_not_in_a_file() {
    let bands = Bands::new(3, (0.0, 60.0), 4.0);
    let x = Scale::linear((0.0, 1.0), (0.0, 100.0));
    let mark = Mark::new(Tone::Main).target("token").selected(Some(1));
    let bars = bars(&[0.5, 0.25, f64::NAN], &bands, &x, Direction::Across, mark);
    let targets: Vec<String> = targets(&bars);
    assert_eq!(targets, ["token:0", "token:1"]);
    expect![[r#"
        <g class="tone-main">
        <rect class="mark-bar" x="0" y="2" width="50" height="16"/>
        <rect class="mark-bar is-selected" x="0" y="22" width="25" height="16"/>
        </g>
    "#]]
    .assert_eq(&drawn(bars));
}

#[test]
fn a_histogram_has_no_bar_for_an_empty_bin() {
    let x = Scale::linear((0.0, 1.0), (0.0, 100.0));
    let y = Scale::linear((0.0, 4.0), (40.0, 0.0));
    let edges = headlight_figure::bin_edges((0.0, 1.0), 4);
    let mark = Mark::new(Tone::Quiet).target("bin");
    let histogram = histogram(&[1.0, 0.0, 4.0, 2.0], &edges, &x, &y, mark);
    assert_eq!(targets(&histogram), ["bin:0", "bin:2", "bin:3"]);
    expect![[r#"
        <g class="tone-quiet">
        <rect class="mark-bar" x="0.5" y="30" width="24" height="10"/>
        <rect class="mark-bar" x="50.5" y="0" width="24" height="40"/>
        <rect class="mark-bar" x="75.5" y="20" width="24" height="20"/>
        </g>
    "#]]
    .assert_eq(&drawn(histogram));
}

#[test]
fn a_line_and_its_dots() {
    let x = Scale::linear((0.0, 2.0), (0.0, 100.0));
    let y = Scale::linear((0.0, 1.0), (50.0, 0.0));
    let points = [(0.0, 0.1), (1.0, 0.8), (2.0, 0.333)];
    let drawing = el("g")
        .add(line(
            &points,
            &x,
            &y,
            Mark::new(Tone::Ink).dashed().target("series").series(4),
        ))
        .add(dots(
            &points,
            |index| index as f64 + 2.0,
            &x,
            &y,
            Mark::new(Tone::Main).target("point"),
        ));
    assert_eq!(
        targets(&drawing),
        ["series:4", "point:0", "point:1", "point:2"]
    );
    expect![[r#"
        <g>
        <path class="mark-line is-dashed tone-ink" d="M0 45L50 10L100 33.3"/>
        <g class="tone-main">
        <circle class="mark-dot" cx="0" cy="45" r="2"/>
        <circle class="mark-dot" cx="50" cy="10" r="3"/>
        <circle class="mark-dot" cx="100" cy="33.3" r="4"/>
        </g>
        </g>
    "#]]
    .assert_eq(&drawn(drawing));
}

#[test]
fn a_heat_map_of_few_cells() {
    let bands = Bands::new(2, (0.0, 40.0), 1.0);
    let values = [Some(1.0), None, Some(0.25), Some(0.75)];
    let map = heatmap(&values, &bands, &bands, Palette::Sequential, "cell");
    assert_eq!(targets(&map), ["cell:0", "cell:2", "cell:3"]);
    expect![[r##"
        <g class="heatmap">
        <rect class="masked-cells" x="20" y="0" width="20" height="20"/>
        <rect x="0.5" y="0.5" width="19" height="19" fill="#0a3a5a"/>
        <rect x="0.5" y="20.5" width="19" height="19" fill="#9ebcce"/>
        <rect x="20.5" y="20.5" width="19" height="19" fill="#1d5d82"/>
        </g>
    "##]]
    .assert_eq(&drawn(map));
}

#[test]
fn a_heat_map_of_many_cells_is_an_image() {
    let bands = Bands::new(2, (0.0, 4.0), 0.0);
    let values = [Some(-1.0), None, Some(0.0), Some(1.0)];
    let map = heatmap(&values, &bands, &bands, Palette::Diverging, "cell");
    assert_eq!(targets(&map), ["cell:0"]);
    expect![[r#"
        <g class="heatmap">
        <rect class="masked-cells" x="0" y="0" width="4" height="4"/>
        <image class="pixels" x="0" y="0" width="4" height="4" preserveAspectRatio="none" href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAMAAABFaP0WAAAAxlBMVEUqb5cwc5o3d5w9e59Df6JKg6RQiKdWjKpdkKxjlK9pmLJvnLR2oLd8pLqCqLyJrL+PscKVtcScuceivcmowcyvxc+1ydG7zdTC0dfI1dnO2dzU3t/b4uHh5uTn6ufu7un08uzz7uXx6d/w5djv4NLt3Mvs18Xq077pz7joyrHmxqvlwaTkvZ7iuJfhtJHfr4req4Tdp33bonbannDZmWnXlWPWkFzUjFbTiE/Sg0nQf0LPejzOdjXMcS/LbSjJaCLIZBsqb5flJjS1AAAAQnRSTlP//////////////////////////////////////////////////////////////////////////////////////wBEFhAAAAAADklEQVR4nGNgcGRQcAAAAYoAovWf8W4AAAAASUVORK5CYII="/>
        </g>
    "#]].assert_eq(&drawn(map));
}

#[test]
fn a_curve_a_diagram_and_a_pattern_are_as_they_were() {
    for figure in [samples::roc(), samples::reliability(), samples::attention()] {
        let snapshot = expect_file![format!("snapshots/{}.svg", figure.id)];
        snapshot.assert_eq(&lines(&file(&figure, &LIGHT)));
    }
    let fragment = html(&samples::next_tokens(), &LIGHT);
    expect_file!["snapshots/attention.next.html"].assert_eq(&lines(&fragment));
}

/// Targets of an element and all inside, in the order in which they are drawn.
fn targets(element: &Element) -> Vec<String> {
    let own = element.target.map(|target| target.to_string());
    let inner = element.children.iter().flat_map(|child| match child {
        Node::Text(_) => Vec::new(),
        Node::Element(element) => targets(element),
        Node::Pixels(pixels) => pixels.target.iter().map(ToString::to_string).collect(),
    });
    own.into_iter().chain(inner).collect()
}

#[test]
fn labels_of_an_axis_never_collide() {
    let scales = [
        Scale::linear((0.0, 1.0), (0.0, 300.0)),
        Scale::linear((-123_456.0, 98_765.0), (0.0, 120.0)),
        Scale::linear((1e-9, 2e-9), (200.0, 0.0)),
        Scale::log(LogBase::Ten, (1e-12, 1e9), (0.0, 140.0)),
        Scale::log(LogBase::Two, (1.0, 65536.0), (0.0, 60.0)),
    ];
    for scale in scales {
        for side in [Side::Top, Side::Bottom, Side::Left, Side::Right] {
            let places = label_places(&axis(&scale, side, 0.0));
            assert!(!places.is_empty(), "{scale:?}");
            let are_apart = places.windows(2).all(|pair| pair[0].1 < pair[1].0);
            assert!(are_apart, "{scale:?} {side:?} {places:?}");
        }
    }
}

/// Where labels begin and end along an axis, from the first place to the last.
fn label_places(axis: &Axis<'_>) -> Vec<(f64, f64)> {
    use headlight_figure::{NUMBER, Value};
    let element = axis.element();
    let number = |element: &Element, name| match element.get(name) {
        Some(Value::Tenths(tenths)) => *tenths as f64 / 10.0,
        other => panic!("{other:?}"),
    };
    let is_beside =
        format!("{axis:?}").contains("side: Left") || format!("{axis:?}").contains("side: Right");
    let mut places: Vec<(f64, f64)> = element
        .children
        .iter()
        .filter_map(|child| match child {
            Node::Element(text) if text.tag == "text" => {
                let Node::Text(label) = &text.children[0] else {
                    panic!("{text:?}");
                };
                let (middle, half) = if is_beside {
                    (number(text, "y"), NUMBER.size * 0.4)
                } else {
                    (number(text, "x"), NUMBER.width(label) / 2.0)
                };
                Some((middle - half, middle + half))
            }
            _ => None,
        })
        .collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    places
}

#[test]
fn names_that_do_not_fit_their_bands_slope_or_are_thinned() {
    let names: Vec<String> = (0..40).map(|index| format!("token{index}")).collect();
    let n_drawn = |bands: &Bands, side| {
        band_names(bands, &names, side, 0.0, 60.0, None)
            .children
            .len()
    };
    assert_eq!(n_drawn(&Bands::new(40, (0.0, 800.0), 0.0), Side::Left), 40);
    assert_eq!(n_drawn(&Bands::new(40, (0.0, 280.0), 0.0), Side::Left), 20);
    assert_eq!(n_drawn(&Bands::new(40, (0.0, 100.0), 0.0), Side::Top), 5);
    // Every second name, but the selected one in the place of those beside it.
    let bands = Bands::new(17, (0.0, 265.0), 0.0);
    let drawn = band_names(&bands, &names, Side::Bottom, 0.0, 60.0, Some(5));
    assert_eq!(drawn.children.len(), 8);
    let wide = band_names(
        &Bands::new(3, (0.0, 300.0), 0.0),
        &names[..3],
        Side::Top,
        0.0,
        60.0,
        None,
    );
    let narrow = band_names(
        &Bands::new(3, (0.0, 90.0), 0.0),
        &names[..3],
        Side::Top,
        0.0,
        60.0,
        None,
    );
    let slopes = |drawn: &Element| format!("{drawn:?}").contains("rotate(-45");
    assert!(!slopes(&wide) && slopes(&narrow));
}

#[test]
fn a_file_names_nothing_outside_of_itself() {
    for figure in samples::all() {
        for theme in samples::THEMES {
            for written in [file(&figure, theme), html(&figure, theme)] {
                assert!(!written.contains("var("), "{}", figure.id);
                let outside = written.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
                assert!(
                    !outside.contains("http") && !outside.contains("://"),
                    "{}",
                    figure.id
                );
                for reference in outside.split("url(").skip(1) {
                    assert!(reference.starts_with('#'), "{reference:.40}");
                }
                for reference in outside.split("href=\"").skip(1) {
                    assert!(
                        reference.starts_with("data:image/png;base64,"),
                        "{reference:.40}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_operated_is_left_out_of_a_file() {
    let figure = samples::next_tokens();
    assert!(format!("{:?}", figure.drawing).contains("Append"));
    assert!(!file(&figure, &LIGHT).contains("Append"));
}

#[test]
fn a_file_has_only_the_rules_that_it_needs_and_all_of_them() {
    for figure in samples::all() {
        let file = file(&figure, &LIGHT);
        let document = Document::parse(&file).unwrap();
        let style = document
            .descendants()
            .find(|node| node.has_tag_name("style"))
            .unwrap();
        let rules = style.text().unwrap();
        let used: BTreeSet<&str> = document
            .descendants()
            .filter_map(|node| node.attribute("class"))
            .flat_map(str::split_ascii_whitespace)
            .collect();
        let ruled: BTreeSet<&str> = selectors(rules).flat_map(classes_of).collect();
        let known: BTreeSet<&str> = selectors(theme::STYLE_SHEET).flat_map(classes_of).collect();
        for class in &used {
            assert_eq!(
                ruled.contains(class),
                known.contains(class),
                "{}: {class}",
                figure.id
            );
        }
        assert!(ruled.is_subset(&used), "{}: {ruled:?}", figure.id);
    }
}

fn selectors(style_sheet: &str) -> impl Iterator<Item = &str> {
    let rules = style_sheet
        .split('}')
        .filter_map(|rule| rule.split_once('{'));
    rules.flat_map(|(selectors, _)| selectors.rsplit("*/").next().unwrap().split(','))
}

fn classes_of(selector: &str) -> impl Iterator<Item = &str> {
    selector.trim().split('.').skip(1)
}

#[test]
fn fragments_of_both_themes_do_not_touch_each_other() {
    let figure = samples::attention();
    let [light, dark] = samples::THEMES.map(|theme| html(&figure, theme));
    let ids = |written: &str| -> Vec<String> {
        let ids = written.split(" id=\"").skip(1);
        ids.map(|id| id.split('"').next().unwrap().to_owned())
            .collect()
    };
    let (light_ids, dark_ids) = (ids(&light), ids(&dark));
    assert_eq!(light_ids.len(), 3);
    assert!(light_ids.iter().all(|id| !dark_ids.contains(id)));
    for (written, name) in [(light, "headlight-light"), (dark, "headlight-dark")] {
        for rules in written.split("<style>").skip(1) {
            let rules = rules.split("</style>").next().unwrap();
            for (selectors, _) in rules.split('}').filter_map(|rule| rule.split_once('{')) {
                for selector in selectors.split(',') {
                    let is_ours = selector.starts_with(&format!(".{name} "));
                    assert!(is_ours || selector == ".figure-fragment", "{selector}");
                }
            }
        }
        let reference = format!(
            "url(#attention-pattern-{}-hatch)",
            &name["headlight-".len()..]
        );
        assert!(written.contains(&reference), "{reference}");
    }
}

#[test]
fn the_table_behind_a_fragment_has_every_cell() {
    let figure = samples::attention();
    let written = html(&figure, &LIGHT);
    let (_, table) = written.split_once("<table").unwrap();
    let n_columns = figure.table.columns.len();
    assert_eq!(table.matches("scope=\"col\"").count(), n_columns);
    assert_eq!(
        table.matches("scope=\"row\"").count(),
        figure.table.rows.len()
    );
    let n_cells = figure.table.rows.len() * n_columns;
    assert_eq!(table.matches("figure-cell").count(), n_cells);
    assert!(table.contains("&lt;b&gt;&amp;]]&gt;"));
}

/// Warnings of the renderer; it does not fail for what it does not understand.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Collector;

impl log::Log for Collector {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.level() <= log::Level::Warn {
            WARNINGS.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

/// A file as pixels.
fn rendered(svg: &str) -> Pixmap {
    render::render(svg, 1.0, &dejavu_fonts::with_dejavu()).unwrap()
}

/// The colour of a pixel in the middle of a place of the drawing.
fn colour(figure: &Figure, theme: &Theme, x: f64, y: f64) -> [u8; 3] {
    let written = file(figure, theme);
    let (_, after) = written.split_once("<g transform=\"translate(24 ").unwrap();
    let top: f64 = after.split(')').next().unwrap().parse().unwrap();
    let picture = rendered(&written);
    let pixel = picture.pixel((x + 24.0) as u32, (y + top) as u32).unwrap();
    let pixel = pixel.demultiply();
    [pixel.red(), pixel.green(), pixel.blue()]
}

/// Every test that renders is this one, for the log is the process's.
#[test]
fn pictures_have_the_theme_s_colours_and_give_no_warning() {
    log::set_boxed_logger(Box::new(Collector)).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    for theme in samples::THEMES {
        for figure in samples::all() {
            rendered(&file(&figure, theme));
            // Above all that is drawn there is paper.
            assert_eq!(
                colour(&figure, theme, -20.0, 2.0),
                theme.rgb("paper"),
                "{}",
                figure.id
            );
        }
        let pattern = samples::attention();
        let weights = samples::weights(8);
        for (row, column) in [(0, 0), (3, 2), (5, 0), (7, 7)] {
            let shade = Palette::Sequential.shade(weights[row * 8 + column].unwrap());
            let (x, y) = (
                92.0 + 36.0 * (column as f64 + 0.5),
                64.0 + 36.0 * (row as f64 + 0.5),
            );
            assert_eq!(
                colour(&pattern, theme, x, y),
                shade.rgb(theme),
                "{row} {column}"
            );
        }
        // A pixel of the image, in the same colours.
        let overview = samples::long_attention();
        let shade = Palette::Sequential.shade(samples::weights(96)[40 * 96].unwrap());
        assert_eq!(
            colour(&overview, theme, 41.0, 8.0 + 40.0 * 3.0 + 1.0),
            shade.rgb(theme)
        );
        let n_colours = |y: f64| {
            let mut found: Vec<[u8; 3]> = (0..6)
                .map(|x| colour(&overview, theme, 300.0 + f64::from(x), y))
                .collect();
            found.sort_unstable();
            found.dedup();
            found.len()
        };
        // Cells without a value show stripes.
        assert!(n_colours(20.0) > 1);
        let roc = samples::roc();
        assert_eq!(colour(&roc, theme, 100.0, 63.0), theme.rgb("beam"));
        let change = samples::change();
        let lost = Palette::Diverging.shade((15.0 * 0.31_f64).sin()).rgb(theme);
        assert_eq!(colour(&change, theme, 9.0, 8.0 + 15.0 * 6.0 + 3.0), lost);
        let next = samples::next_tokens();
        assert_eq!(colour(&next, theme, 110.0, 12.0), theme.rgb("beam"));
        assert_eq!(colour(&next, theme, 110.0, 36.0), theme.rgb("seq-4"));
    }
    assert_eq!(*WARNINGS.lock().unwrap(), Vec::<String>::new());
    // The collector does collect: no font of the test has this character.
    let unknown = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text y='9'>\u{4f60}</text></svg>";
    rendered(unknown);
    assert!(!WARNINGS.lock().unwrap().is_empty());
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("]]>".to_owned()),
        Just("</style><script>alert(1)</script>".to_owned()),
        Just("&amp;&#x26;".to_owned()),
        Just("\0\u{1b}[2J\u{fffe}".to_owned()),
        Just("\u{202e}\u{5e9}\u{5dc}\u{5d5}\u{5dd}".to_owned()),
        Just("\u{1f468}\u{200d}\u{1f469}".to_owned()),
        Just("\" onload=\"x".to_owned()),
        Just("<!--".to_owned()),
        ".{0,8}",
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// What XML can hold of a text, as an attribute or an element's text gives it back.
fn kept(text: &str) -> String {
    let mut kept = String::new();
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' => kept.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => kept.push(character),
        }
    }
    kept
}

proptest! {
    #[test]
    fn hostile_text_stays_text(text in hostile()) {
        let mut figure = samples::next_tokens();
        figure.title = text.clone().into();
        figure.sentence.clone_from(&text);
        figure.credit.clone_from(&text);
        figure.table.rows[0][0].clone_from(&text);
        let inner = el("text").set("data-name", text.clone()).add(text.clone());
        figure.drawing = el("g").add(inner);
        let file = svg(&figure, &LIGHT, 400.0);
        let document = Document::parse_with_options(&file, ParsingOptions::default()).unwrap();
        let known = ["svg", "title", "desc", "style", "g", "rect", "text"];
        for node in document.descendants().filter(|node| node.is_element()) {
            prop_assert!(known.contains(&node.tag_name().name()), "{node:?}");
        }
        prop_assert!(!document.descendants().any(|node| node.is_comment() || node.is_pi()));
        let named = document.descendants().find(|node| node.has_attribute("data-name")).unwrap();
        prop_assert_eq!(named.attribute("data-name").unwrap(), kept(&text));
        prop_assert_eq!(named.text().unwrap_or_default(), kept(&text));
        let title = document.descendants().find(|node| node.has_tag_name("title")).unwrap();
        prop_assert_eq!(title.text().unwrap_or_default(), kept(&text));
        // In HTML there is no way out of a text but by `<` and `&`.
        let fragment = html(&figure, &LIGHT);
        prop_assert!(!fragment.contains("<script") && !fragment.contains("<!--"));
        prop_assert_eq!(fragment.matches("</style>").count(), 2);
    }

    #[test]
    fn equal_figures_give_equal_bytes(text in hostile(), width in 100.0..2000.0_f64) {
        let make = || Figure { sentence: text.clone(), ..samples::long_attention() };
        prop_assert_eq!(svg(&make(), &LIGHT, width), svg(&make(), &LIGHT, width));
    }
}
