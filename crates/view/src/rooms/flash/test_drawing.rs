//! What tests ask of the drawings of figures.

use expect_test::expect_file;
use headlight_figure::{
    COLUMN_HEAD, Element, Figure, LABEL, LIGHT, NOTE, NUMBER, Node, Size, Table, TextStyle, Value,
    svg, unscaled_width,
};

use super::catalogue::{self, FlashFigure};

/// An element and all that is in it.
fn all(drawing: &Element) -> Vec<&Element> {
    let inner = drawing.children.iter().filter_map(|child| match child {
        Node::Element(element) => Some(&**element),
        Node::Text(_) | Node::Pixels(_) => None,
    });
    let inner = inner.flat_map(all);
    std::iter::once(drawing).chain(inner).collect()
}

/// The elements of a class.
pub(crate) fn of_class<'a>(drawing: &'a Element, class: &str) -> Vec<&'a Element> {
    let mut found = all(drawing);
    found.retain(|element| element.class.split(' ').any(|one| one == class));
    found
}

/// The words of an element.
pub(crate) fn text(element: &Element) -> String {
    let words = element.children.iter().filter_map(|child| match child {
        Node::Text(text) => Some(&**text),
        Node::Element(_) | Node::Pixels(_) => None,
    });
    words.collect()
}

/// Number of a drawing's texts that are equal to `wanted`.
pub(crate) fn texts(drawing: &Element, wanted: &str) -> usize {
    let texts = all(drawing).into_iter().filter(|it| it.tag == "text");
    texts.filter(|it| text(it) == wanted).count()
}

/// A place or length of an element.
pub(crate) fn place(element: &Element, name: &str) -> f64 {
    match element.get(name) {
        Some(Value::Tenths(tenths)) => *tenths as f64 / 10.0,
        other => panic!("{name} of {element:?}: {other:?}"),
    }
}

/// Asserts that no text, rectangle, line, circle or path leaves the room of its drawing;
/// what is turned is left out.
pub(crate) fn assert_inside(drawing: &Element, size: Size) {
    for element in all(drawing) {
        if element.get("transform").is_some() {
            continue;
        }
        let at = |name| place(element, name);
        let (x, y) = match element.tag {
            "text" => (ends_of_text(element), (at("y") - 8.0, at("y") + 2.0)),
            "rect" => (
                (at("x"), at("x") + at("width")),
                (at("y"), at("y") + at("height")),
            ),
            "line" => ((at("x1"), at("x2")), (at("y1"), at("y2"))),
            "circle" => ((at("cx"), at("cx")), (at("cy"), at("cy"))),
            "path" => ends_of_path(element),
            _ => continue,
        };
        let is_inside = |(from, to): (f64, f64), length: f64| {
            from.min(to) >= -1.0 && from.max(to) <= length + 1.0
        };
        assert!(
            is_inside(x, size.width) && is_inside(y, size.height),
            "{element:?} in {size:?}"
        );
    }
}

/// Least and most `x` and `y` of the places that a path names.
fn ends_of_path(element: &Element) -> ((f64, f64), (f64, f64)) {
    let Some(Value::Text(outline)) = element.get("d") else {
        panic!("a path has an outline: {element:?}");
    };
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    let commands = outline
        .char_indices()
        .filter(|(_, c)| c.is_ascii_alphabetic());
    let commands: Vec<(usize, char)> = commands.collect();
    for (index, (at, command)) in commands.iter().enumerate() {
        let end = commands.get(index + 1).map_or(outline.len(), |next| next.0);
        let numbers = outline[at + 1..end].split_whitespace();
        let numbers: Vec<f64> = numbers.map(|number| number.parse().unwrap()).collect();
        match command {
            'H' => xs.extend(numbers),
            'V' => ys.extend(numbers),
            _ => numbers.chunks(2).for_each(|place| {
                xs.push(place[0]);
                ys.push(place[1]);
            }),
        }
    }
    if xs.is_empty() {
        // Nothing is drawn.
        return ((0.0, 0.0), (0.0, 0.0));
    }
    let ends = |places: &[f64]| {
        let least = places.iter().copied().fold(f64::INFINITY, f64::min);
        (
            least,
            places.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        )
    };
    (ends(&xs), ends(&ys))
}

/// Where a text begins and ends.
pub(crate) fn ends_of_text(element: &Element) -> (f64, f64) {
    let is_of = |style: &&TextStyle| element.class.split(' ').any(|class| class == style.class);
    let styles = [LABEL, COLUMN_HEAD, NOTE, NUMBER];
    let style = styles.iter().find(is_of).unwrap();
    let (x, width) = (place(element, "x"), style.width(&text(element)));
    match element.get("text-anchor") {
        None => (x, x + width),
        Some(Value::Text(anchor)) if anchor == "end" => (x - width, x),
        Some(_) => (x - width / 2.0, x + width / 2.0),
    }
}

/// Compares a figure with the file that it was; `UPDATE_EXPECT=1` writes it.
pub(crate) fn snapshot(
    file: &str,
    figure: FlashFigure,
    sentence: String,
    drawing: Element,
    size: Size,
) {
    let figure = Figure {
        id: figure.into(),
        title: catalogue::title(figure).into(),
        sentence,
        drawing,
        size,
        table: Table::new("", &[], Vec::new()),
        credit: "Headlight".to_owned(),
    };
    let found = svg(&figure, &LIGHT, unscaled_width(size.width)).replace("><", ">\n<");
    expect_file![format!("figures/snapshots/{file}")].assert_eq(&found);
}
