//! Tests of the atlas as it is drawn, and of what a visitor does to it.

use std::sync::Arc;

use expect_test::expect_file;
use headlight_figure::{Gesture, GestureKind, LIGHT, Target, Value, svg};

use super::*;
use crate::answers::shaded::ShadedThumbnail;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::figures::atlas::rows;
use crate::rooms::attention::figures::atlas::tests::six;
use crate::rooms::attention::figures::atlas::{COLUMNS, Sort};
use crate::{State, reduce};

/// The first of six heads is selected.
fn first_alone() -> HeadChoice {
    HeadChoice::new(&State::default().attention, &State::default().frame).of(0, 0)
}

impl HeadChoice {
    fn of(mut self, layer: usize, head: usize) -> Self {
        self.selected = Head { layer, head };
        self
    }
}

/// Head 0.0 with 1.1, head 0.2 and MLP 1 out, of MLPs in both layers.
fn several() -> HeadChoice {
    HeadChoice {
        companions: BTreeSet::from([Head { layer: 1, head: 1 }]),
        out: BTreeSet::from([Part::Head(Head { layer: 0, head: 2 }), Part::Mlp(1)]),
        mlps: vec![0, 1],
        ..first_alone()
    }
}

fn atlas(n_heads: usize) -> Atlas {
    Atlas::new(&[], 2, n_heads, 6, Sort::Layer)
}

fn whole(sort: Sort) -> Atlas {
    Atlas::new(&six(), 2, 3, 6, sort)
}

/// All elements of a drawing, parents before what is in them.
fn elements(drawing: &Element) -> Vec<&Element> {
    let inner = drawing.children.iter().filter_map(|child| match child {
        Node::Element(inner) => Some(elements(inner)),
        _ => None,
    });
    [vec![drawing]].into_iter().chain(inner).flatten().collect()
}

fn with_role<'a>(drawing: &'a Element, role: &'static str) -> Vec<&'a Element> {
    let is_it = |part: &&Element| part.get("role") == Some(&Value::Text(role.into()));
    elements(drawing).into_iter().filter(is_it).collect()
}

fn maps(drawing: &Element) -> Vec<&Pixels> {
    let children = elements(drawing)
        .into_iter()
        .flat_map(|part| &part.children);
    let pixels = children.filter_map(|child| match child {
        Node::Pixels(pixels) => Some(&**pixels),
        _ => None,
    });
    pixels.collect()
}

/// Values of an attribute of the heads, in order.
fn of_heads(drawing: &Element, name: &str) -> Vec<String> {
    let heads = with_role(drawing, "radio");
    let values = heads.into_iter().map(|head| match head.get(name) {
        Some(Value::Text(text)) => text.to_string(),
        other => panic!("{name}: {other:?}"),
    });
    values.collect()
}

#[test]
fn the_grid_never_overflows_and_keeps_a_layer_in_a_row_where_it_fits() {
    assert_eq!(atlas(4).grid(180.0).columns, 4);
    for (n_heads, width) in [(1, 40.0), (4, 180.0), (12, 180.0), (6, 208.0), (16, 362.0)] {
        let grid = atlas(n_heads).grid(width);
        let used = grid.right();
        assert!(used <= width, "{n_heads} heads in {width} px");
        assert!(grid.side_px >= MIN_SIDE);
        let is_largest = [MAX_SIDE, MAX_WIDE_SIDE].contains(&grid.side_px);
        assert!(
            is_largest || used >= width - 1.0,
            "{n_heads}: {used} of {width} px"
        );
    }
}

#[test]
fn maps_stand_apart_from_each_other_and_within_their_room() {
    for (n_heads, width) in [(3, 252.0), (6, 208.0), (16, 362.0), (12, 252.0)] {
        let layout = atlas(n_heads).layout(width);
        let side = layout.grid.side_px;
        assert_eq!(layout.places.len(), 2 * n_heads);
        for (index, (x, y)) in layout.places.iter().enumerate() {
            assert!(x + side <= layout.size.width && y + layout.cell_height <= layout.size.height);
            for (other_x, other_y) in &layout.places[..index] {
                let is_beside = (x - other_x).abs() >= side + GAP - 1.0;
                let is_below = y - other_y >= layout.cell_height + ROW_GAP;
                assert!(is_beside || is_below, "{n_heads} heads in {width} px");
            }
        }
    }
}

#[test]
fn the_room_of_an_unknown_model_is_that_of_six_heads_in_four_layers() {
    let unknown = Atlas::new(&[], 0, 0, 0, Sort::Layer);
    let known = Atlas::new(&[], 4, 6, 6, Sort::Layer);
    for width in [208.0, 252.0, 362.0] {
        let (drawing, size) = unknown.drawing(&first_alone(), width);
        assert_eq!(size, known.drawing(&first_alone(), width).1, "{width}");
        assert!(with_role(&drawing, "radiogroup").is_empty());
    }
}

#[test]
fn words_stand_below_the_maps_where_all_of_them_have_room() {
    let texts = |width: f64, sort| {
        let (drawing, _) = whole(sort).drawing(&first_alone(), width);
        let below = elements(&drawing).into_iter();
        let below = below.filter(|part| part.class.starts_with("atlas-below"));
        below.count()
    };
    assert_eq!(
        (texts(252.0, Sort::Layer), texts(120.0, Sort::Layer)),
        (6, 0)
    );
    assert_eq!(texts(120.0, Sort::Entropy), 6, "a score stands everywhere");
}

#[test]
fn a_head_says_what_it_is_and_whether_it_is_selected() {
    let (drawing, _) = whole(Sort::Layer).drawing(&first_alone().of(1, 0), 252.0);
    let group = with_role(&drawing, "radiogroup");
    let name = Value::Text(words::CHOOSE_HEAD.into());
    assert_eq!(group[0].get("aria-label"), Some(&name));
    let names = of_heads(&drawing, "aria-label");
    assert_eq!(names[3], "Layer 1, head 0: induction");
    assert_eq!(of_heads(&drawing, "id")[3], "head-1-0");
    let [checked, stops] = ["aria-checked", "tabindex"].map(|name| of_heads(&drawing, name));
    assert_eq!(
        checked,
        ["false", "false", "false", "true", "false", "false"]
    );
    assert_eq!(stops, ["-1", "-1", "-1", "0", "-1", "-1"]);
    let targets = with_role(&drawing, "radio");
    let targets = targets.iter().map(|head| head.target.unwrap().at);
    assert_eq!(targets.collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_ranked_list_keeps_the_targets_of_its_heads() {
    let (drawing, _) = whole(Sort::Entropy).drawing(&several(), 252.0);
    let targets = with_role(&drawing, "radio");
    let targets = targets.iter().map(|head| head.target.unwrap().at);
    assert_eq!(targets.collect::<Vec<_>>(), [0, 2, 3, 4, 5, 1]);
    assert!(
        with_role(&drawing, "button").is_empty(),
        "there are no layers"
    );
}

#[test]
fn tab_stops_at_one_head_whatever_is_selected() {
    let atlas = whole(Sort::Layer);
    let stop = |choice: &HeadChoice| atlas.tab_stop(choice);
    let at = |layer, head| Some(Head { layer, head });
    assert_eq!(stop(&first_alone().of(1, 2)), at(1, 2));
    let mut choice = first_alone();
    choice.toggled = at(1, 1);
    assert_eq!(stop(&choice), at(1, 1));
    choice.toggled = at(7, 1);
    assert_eq!(stop(&choice), at(0, 0));
    assert_eq!(stop(&first_alone().of(9, 9)), at(0, 0));
    assert_eq!(
        Atlas::new(&[], 0, 0, 0, Sort::Layer).tab_stop(&choice),
        None
    );
}

#[test]
fn the_head_that_was_added_is_where_tab_stops_until_one_is_selected() {
    let mut state = State::default();
    let head = Head { layer: 1, head: 1 };
    let choice = |state: &State| HeadChoice::new(&state.attention, &state.frame);
    drop(reduce(&mut state, AttentionAction::ToggleHead(head)));
    assert_eq!(choice(&state).toggled, Some(head));
    assert!(choice(&state).companions.contains(&head));
    drop(reduce(&mut state, AttentionAction::SelectHead(head)));
    assert_eq!(choice(&state).toggled, None);
}

#[test]
fn a_head_that_arrives_changes_its_own_map_and_name_alone() {
    let mut all = six();
    let last = all.pop().unwrap();
    let drawing = |all: &[ShadedThumbnail]| {
        let atlas = Atlas::new(all, 2, 3, 6, Sort::Layer);
        atlas.drawing(&first_alone(), 252.0).0
    };
    let before = drawing(&all);
    all.push(last);
    let after = drawing(&all);
    let of_last = |drawing: &Element| with_role(drawing, "radio")[5].clone();
    assert_ne!(of_last(&before), of_last(&after));
    for (old, new) in maps(&before).into_iter().zip(maps(&after)).take(5) {
        assert!(Arc::ptr_eq(&old.indices, &new.indices), "shaded once");
        assert_eq!(old, new);
    }
    assert_eq!(maps(&before)[5].indices.len(), 0);
    assert_eq!(maps(&after)[5].indices.len(), 36);
    let shape = |drawing: &Element| {
        let parts = elements(drawing).into_iter();
        let parts = parts.map(|part| (part.tag, part.key, part.children.len()));
        parts.collect::<Vec<_>>()
    };
    assert_eq!(
        shape(&before),
        shape(&after),
        "no part takes another's place"
    );
}

#[test]
fn a_thousand_heads_are_few_parts_each_and_three_layers() {
    let n_layers = 40;
    let atlas = Atlas::new(&[], n_layers, 25, 6, Sort::Layer);
    let (drawing, _) = atlas.drawing(&several(), 252.0);
    assert!(elements(&drawing).len() < 5 * 1000 + 2 * n_layers + 20);
    let has_maps = |part: &Node| match part {
        Node::Element(part) => part
            .children
            .iter()
            .any(|child| matches!(child, Node::Pixels(_))),
        _ => false,
    };
    let layers = drawing.children.iter().filter(|part| has_maps(part));
    assert_eq!((layers.count(), maps(&drawing).len()), (1, 1000));
}

#[test]
fn what_is_taken_out_is_struck_out_and_its_button_pressed() {
    let (drawing, _) = whole(Sort::Layer).drawing(&several(), 252.0);
    let length = |class: &str| {
        let part = elements(&drawing)
            .into_iter()
            .find(|part| part.class == *class);
        let Some(Value::Text(path)) = part.unwrap().get("d").cloned() else {
            panic!("{class} has no path");
        };
        path.matches('M').count()
    };
    assert_eq!(
        ["atlas-veil", "atlas-strike", "atlas-ring"].map(length),
        [1; 3]
    );
    let buttons = with_role(&drawing, "button");
    let of = |name: &str| -> Vec<Value> {
        let values = buttons.iter().map(|button| button.get(name).cloned());
        values.flatten().collect()
    };
    let text = |text: &'static str| Value::Text(text.into());
    assert_eq!(of("aria-pressed"), [text("false"), text("true")]);
    let names = [text("Take MLP 0 out"), text("Take MLP 1 out")];
    assert_eq!(of("aria-label"), names);
}

fn on(kind: GestureKind, what: &'static str, at: usize) -> Gesture {
    let mut gesture = Gesture::new(kind);
    gesture.target = Some(Target { what, at });
    gesture
}

fn act(gesture: &Gesture, choice: &HeadChoice) -> Option<AttentionAction> {
    whole(Sort::Layer).on_gesture(gesture, choice, 252.0)
}

fn select(layer: usize, head: usize) -> Option<AttentionAction> {
    Some(AttentionAction::SelectHead(Head { layer, head }))
}

fn toggle(layer: usize, head: usize) -> Option<AttentionAction> {
    Some(AttentionAction::ToggleHead(Head { layer, head }))
}

#[test]
fn a_click_selects_a_head_and_with_a_modifier_adds_it() {
    let mut click = on(GestureKind::Click, HEAD, 4);
    assert_eq!(act(&click, &first_alone()), select(1, 1));
    click.is_extending = true;
    assert_eq!(act(&click, &first_alone()), toggle(1, 1));
    for beside in [
        Gesture::new(GestureKind::Click),
        on(GestureKind::Click, HEAD, 6),
    ] {
        assert_eq!(act(&beside, &first_alone()), None);
    }
    assert_eq!(act(&on(GestureKind::Down, HEAD, 4), &first_alone()), None);
}

#[test]
fn arrows_go_from_the_selected_head_and_with_shift_from_the_focused_one() {
    let key = |name: &str, is_extending| {
        let mut key = on(GestureKind::Key, HEAD, 4);
        (key.value, key.is_extending) = (name.to_owned(), is_extending);
        act(&key, &first_alone().of(0, 1))
    };
    assert_eq!(key("ArrowRight", false), select(0, 2));
    assert_eq!(key("ArrowDown", false), select(1, 1));
    assert_eq!(key("Home", false), select(0, 0));
    assert_eq!(key("End", false), select(1, 2));
    assert_eq!(key("ArrowRight", true), toggle(1, 2));
    assert_eq!(key("ArrowUp", true), toggle(0, 1));
    assert_eq!(key("a", false), None);
    for press in ["Enter", " "] {
        assert_eq!(
            (key(press, false), key(press, true)),
            (select(1, 1), toggle(1, 1))
        );
    }
}

#[test]
fn the_button_of_a_layer_takes_its_mlp_out_by_click_and_by_key() {
    let expected = Some(AttentionAction::ToggleAblation(Part::Mlp(1)));
    assert_eq!(act(&on(GestureKind::Click, MLP, 1), &several()), expected);
    for (name, does) in [
        ("Enter", &expected),
        (" ", &expected),
        ("ArrowRight", &None),
    ] {
        let mut key = on(GestureKind::Key, MLP, 1);
        name.clone_into(&mut key.value);
        assert_eq!(act(&key, &several()), *does, "{name:?}");
    }
}

#[test]
fn the_figure_is_what_it_was() {
    for (name, sort, width) in [
        ("atlas", Sort::Layer, 352.0),
        ("atlas.ranked", Sort::Entropy, 180.0),
    ] {
        let table = Table::new(words::HEADS, &COLUMNS, rows(&six(), 6));
        let figure = whole(sort).figure(&several(), width, table, "Headlight".to_owned());
        let file = svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        assert!(!file.contains("MLP"), "what can be pressed is in no file");
        expect_file![format!("snapshots/{name}.svg")].assert_eq(&file);
    }
}
