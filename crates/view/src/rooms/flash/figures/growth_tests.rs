//! The chart of growing sequences, on points that are made up.

use headlight_activations::PathMeasure;
use headlight_figure::Value;

use super::*;
use crate::rooms::flash::catalogue::FlashFigure;
use crate::rooms::flash::device::{GrowthStage, LENGTHS};
use crate::rooms::flash::test_drawing::{assert_inside, of_class, place, snapshot, text, texts};

/// Memory of the kernel is `n`, of standard attention `n^2`; times are `ms` and 4 `ms`.
pub(in crate::rooms::flash) fn point(n: usize, d: usize, ms: f64) -> FlashGrowth {
    let measure = |elapsed_ms, extra_bytes| PathMeasure {
        elapsed_ms,
        extra_bytes,
        max_abs_error: 3.1e-7,
    };
    let n_bytes = n as u64 * 4;
    FlashGrowth {
        n,
        d,
        flash: measure(ms, n_bytes),
        standard: StandardMeasure::Measured(measure(4.0 * ms, n_bytes * n as u64)),
    }
}

fn too_large(n: usize, d: usize) -> FlashGrowth {
    FlashGrowth {
        standard: StandardMeasure::DoesNotFit {
            needed_bytes: (n * n * 4) as u64,
            limit_bytes: 128 << 20,
        },
        ..point(n, d, 2.0)
    }
}

pub(in crate::rooms::flash) fn growth_of(points: Vec<FlashGrowth>) -> Growth {
    Growth {
        d: 8,
        points,
        stage: GrowthStage::Done,
    }
}

#[test]
fn the_sentence_has_powers_and_errors() {
    let of = |lengths: &[usize]| {
        let points = lengths.iter().map(|&n| point(n, 8, n as f64 / 256.0));
        sentence(&growth_of(points.collect()))
    };
    assert_eq!(of(&[]), "");
    let errors = "Largest error 3.1e-7, of standard attention 3.1e-7.";
    assert_eq!(
        of(&[256, 512]),
        format!(
            "Random numbers of width 8, without a mask. At 512 tokens the kernel takes 2.0\u{a0}ms \
             and standard attention 8.0\u{a0}ms, launch and reading included. {errors}"
        )
    );
    assert_eq!(
        of(&[256, 512, 1_024]),
        format!(
            "Random numbers of width 8, without a mask. From 256 to 1\u{202f}024 tokens the \
             kernel’s extra memory grows as N^1.00 and that of standard attention as N^2.00. At \
             1\u{202f}024 tokens the kernel takes 4.0\u{a0}ms and standard attention 16\u{a0}ms, \
             launch and reading included. {errors}"
        )
    );
    let mut wrong = point(256, 8, 1.0);
    wrong.flash.max_abs_error = 0.5;
    let said = sentence(&growth_of(vec![wrong]));
    assert!(
        said.contains("5.0e-1") && said.ends_with(words::WRONG),
        "{said}"
    );
}

/// A slower way whose time is launch grows less, and is slower all the same.
#[test]
fn no_exponent_is_said_of_times_that_are_launch_for_the_most_part() {
    let times = [
        (256, 37.0, 305.0),
        (512, 60.0, 330.0),
        (1_024, 150.0, 520.0),
        (2_048, 420.0, 1_040.0),
        (4_096, 976.0, 2_126.0),
    ];
    let points = times.map(|(n, flash_ms, standard_ms)| {
        let mut point = point(n, 8, flash_ms);
        if let StandardMeasure::Measured(standard) = &mut point.standard {
            standard.elapsed_ms = standard_ms;
        }
        point
    });
    let said = sentence(&growth_of(points.to_vec()));
    assert_eq!(said.matches("N^").count(), 2, "of memory alone: {said}");
    assert!(!said.contains("time grows"), "{said}");
    assert!(
        said.contains(
            "At 4\u{202f}096 tokens the kernel takes 976\u{a0}ms and standard attention \
             2.1\u{a0}s, launch and reading included."
        ),
        "{said}"
    );
}

#[test]
fn the_times_that_are_said_are_of_one_length() {
    let said = sentence(&growth_of(vec![point(256, 8, 1.0), too_large(512, 8)]));
    assert!(
        said.contains("At 256 tokens the kernel takes 1.0\u{a0}ms and"),
        "{said}"
    );
    let said = sentence(&growth_of(vec![too_large(512, 8)]));
    assert!(
        said.contains("At 512 tokens the kernel takes 2.0\u{a0}ms, launch"),
        "{said}"
    );
}

#[test]
fn memory_that_follows_no_power_has_no_exponent() {
    let mut points: Vec<_> = LENGTHS.map(|n| point(n, 8, 1.0)).to_vec();
    for point in &mut points {
        point.flash.extra_bytes += 1 << 14;
    }
    let said = sentence(&growth_of(points));
    assert!(!said.contains("N^"), "{said}");
}

#[test]
fn whatever_became_of_a_measurement_its_width_is_said() {
    let stages = [
        GrowthStage::Measuring(512),
        GrowthStage::Done,
        GrowthStage::TooSlow(2_000.0),
        GrowthStage::Stopped,
        GrowthStage::Interrupted,
        GrowthStage::Failed("No GPU here.".to_owned()),
    ];
    for stage in stages {
        let growth = Growth {
            stage,
            ..growth_of(vec![point(256, 8, 1.0)])
        };
        assert!(sentence(&growth).contains("of width 8"));
        assert!(table(&growth).caption.contains("of width 8"));
    }
}

#[test]
fn what_does_not_fit_has_a_cross_at_its_bytes_and_no_time() {
    let mut points: Vec<_> = LENGTHS[..4].iter().map(|&n| point(n, 8, 1.0)).collect();
    points.extend(LENGTHS[4..].iter().map(|&n| too_large(n, 8)));
    let growth = growth_of(points);
    let said = sentence(&growth);
    assert!(said.contains("N^2.00, up to 2\u{202f}048."), "{said}");
    assert!(
        said.contains("At 4\u{202f}096 tokens standard attention’s scores need 64\u{a0}MiB, and"),
        "{said}"
    );
    let (drawing, _) = drawing(&growth, 900.0);
    let crosses = of_class(&drawing, "mark-cross");
    assert_eq!(
        (crosses.len(), texts(&drawing, words::DOES_NOT_FIT)),
        (2, 1)
    );
    let dots = |tone: Tone| {
        let groups = of_class(&drawing, tone.class()).into_iter();
        let groups = groups.filter(|group| group.tag == "g");
        let n_dots: Vec<usize> = groups.map(|group| group.children.len()).collect();
        n_dots
    };
    // In the panel of memory and in that of time.
    assert_eq!(
        (dots(Tone::Ink), dots(Tone::Main)),
        (vec![4, 4], vec![6, 6])
    );
    // The crosses go on where the line ends: four times the bytes each.
    let heights: Vec<f64> = of_class(&drawing, "mark-dot")
        .iter()
        .map(|dot| place(dot, "cy"))
        .collect();
    let rise = heights[2] - heights[3];
    let first = Path::default().move_to(0.0, heights[3] - rise - CROSS);
    let wanted = first.as_str().split(' ').next_back().unwrap().to_owned();
    let Some(Value::Text(path)) = crosses[0].get("d") else {
        panic!("{crosses:?}");
    };
    let (start, _) = path.split_once('L').unwrap();
    let found: f64 = start.split(' ').next_back().unwrap().parse().unwrap();
    assert!(
        (found - wanted.parse::<f64>().unwrap()).abs() < 0.31,
        "{path} {wanted}"
    );
}

#[test]
fn everything_lies_within_the_drawing_at_any_width_and_any_stage() {
    for width in [100.0, 280.0, 340.0, 599.0, 640.0, 1_100.0] {
        for n_points in 0..=LENGTHS.len() {
            let point = |&n: &usize| {
                if n > 2_048 {
                    too_large(n, 8)
                } else {
                    point(n, 8, (n * n) as f64 / 1e6)
                }
            };
            let growth = growth_of(LENGTHS[..n_points].iter().map(point).collect());
            let (drawing, size) = drawing(&growth, width);
            assert_eq!(size.width, f64::max(width, NARROWEST));
            assert_inside(&drawing, size);
        }
    }
}

#[test]
fn ticks_have_plain_units() {
    let growth = growth_of(vec![point(256, 8, 0.5), point(8_192, 8, 700.0)]);
    let (drawing, _) = drawing(&growth, 900.0);
    let numbers = of_class(&drawing, "text-number").into_iter().map(text);
    let numbers: Vec<String> = numbers.map(|text| text.replace('\u{a0}', " ")).collect();
    let memory = ["4 KiB", "32 KiB", "256 KiB", "2 MiB", "16 MiB", "128 MiB"];
    assert_eq!(numbers[..6], memory);
    assert_eq!(numbers[6..9], ["256", "512", "1\u{202f}024"]);
    let time = ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"];
    assert_eq!(numbers[12..18], time);
}

#[test]
fn what_cannot_be_drawn_on_a_logarithm_is_left_to_the_table() {
    let mut none = point(256, 8, 0.0);
    none.flash.extra_bytes = 0;
    let growth = growth_of(vec![none, point(512, 8, 1.0)]);
    let (drawing, _) = drawing(&growth, 900.0);
    let groups = of_class(&drawing, Tone::Main.class()).into_iter();
    let groups = groups.filter(|group| group.tag == "g");
    let n_dots: Vec<usize> = groups.map(|group| group.children.len()).collect();
    assert_eq!(n_dots, [1, 1]);
    let table = table(&growth);
    assert_eq!(table.rows[0][1..3], ["0", "0"]);
}

#[test]
fn the_figure_is_what_it_was() {
    let mut points: Vec<_> = LENGTHS[..4]
        .iter()
        .map(|&n| point(n, 8, n as f64 / 300.0))
        .collect();
    points.extend(LENGTHS[4..].iter().map(|&n| too_large(n, 8)));
    let growth = growth_of(points);
    for (width, file) in [(300.0, "growth.narrow.svg"), (700.0, "growth.svg")] {
        let (drawing, size) = drawing(&growth, width);
        snapshot(file, FlashFigure::Growth, sentence(&growth), drawing, size);
    }
}

#[test]
fn the_table_has_every_number_in_full() {
    let growth = growth_of(vec![point(256, 8, 1.0 / 3.0), too_large(8_192, 8)]);
    let table = table(&growth);
    let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(
        names,
        [
            "n",
            "flash ms",
            "flash extra bytes",
            "flash max error",
            "standard ms",
            "standard extra bytes",
            "standard max error",
            "standard fits"
        ]
    );
    assert!(table.columns.iter().all(|column| !column.is_text));
    assert_eq!(
        table.rows[0],
        [
            "256",
            "0.3333333333333333",
            "1024",
            "3.1e-7",
            "1.3333333333333333",
            "262144",
            "3.1e-7",
            "true"
        ]
    );
    assert_eq!(table.rows[1][4..], ["", "", "", "false"]);
    let file: serde_json::Value = serde_json::from_str(&headlight_figure::files::json(
        "{\"figure\": \"g\"}",
        &table,
    ))
    .unwrap();
    for column in [2, 5] {
        assert!(file["rows"][0][column].is_u64(), "{file}");
    }
    assert!(
        file["rows"][1][5].is_null() && file["rows"][1][7] == false,
        "{file}"
    );
}
