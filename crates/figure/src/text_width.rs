//! Width of a text by a fixed table, so that page, embed and file are laid out alike.
//!
//! The advances are those of the `DejaVu` family, the widest of each stack of
//! [`FONTS`](crate::theme::FONTS) that is common: where a visitor has another typeface,
//! a text takes less room than was kept for it, and nothing collides. What the table
//! does not have is estimated from its script.

use std::borrow::Cow;

/// A typeface of figures, with its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Sans-serif, of labels.
    Sans,
    /// Labels that stand out.
    SansBold,
    /// Serif, of sentences.
    Serif,
    /// Bold serif, of headings.
    SerifBold,
    /// Monospace, of numbers.
    Mono,
}

/// Advance of every character of the mono face.
const MONO: u16 = 602;
/// Advance of a letter that no table has.
const LETTER: u16 = 750;
/// Advance of the same in a bold face.
const BOLD_LETTER: u16 = 840;
/// Advance of a character that fills a square.
const SQUARE: u16 = 1000;
/// Advance of a picture.
const PICTURE: u16 = 1250;

/// Advances of the characters from blank to tilde, by face.
const ASCII: [[u16; 95]; 4] = [
    [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636,
        636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698,
        770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732,
        684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
        634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,
        525, 636, 337, 636, 838,
    ],
    [
        348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696,
        696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734,
        830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812,
        774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716,
        712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652,
        582, 712, 365, 712, 838,
    ],
    [
        318, 402, 460, 838, 636, 950, 890, 275, 390, 390, 500, 838, 318, 338, 318, 337, 636, 636,
        636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 536, 1000, 722, 735, 765,
        802, 730, 694, 799, 872, 395, 401, 747, 664, 1024, 875, 820, 673, 820, 753, 685, 667, 843,
        722, 1028, 712, 660, 695, 390, 337, 390, 838, 500, 500, 596, 640, 560, 640, 592, 370, 640,
        644, 320, 310, 606, 320, 948, 644, 602, 640, 640, 478, 513, 402, 644, 565, 856, 564, 565,
        527, 636, 337, 636, 838,
    ],
    [
        348, 439, 521, 838, 696, 950, 903, 306, 473, 473, 523, 838, 348, 415, 348, 365, 696, 696,
        696, 696, 696, 696, 696, 696, 696, 696, 369, 369, 838, 838, 838, 586, 1000, 776, 845, 796,
        867, 762, 710, 854, 945, 468, 473, 869, 703, 1107, 914, 871, 752, 871, 831, 722, 744, 872,
        776, 1123, 776, 714, 730, 473, 365, 473, 838, 500, 500, 648, 699, 609, 699, 636, 430, 699,
        727, 380, 362, 693, 380, 1058, 727, 667, 699, 699, 527, 563, 462, 727, 581, 861, 596, 581,
        568, 643, 364, 643, 838,
    ],
];

/// Advances of signs that figures use, by face, in the order of their code points.
const SIGNS: [(char, [u16; 4]); 22] = [
    ('\u{a0}', [318, 348, 318, 348]),
    ('\u{b0}', [500, 500, 500, 500]),
    ('\u{b1}', [838, 838, 838, 838]),
    ('\u{b2}', [401, 438, 401, 438]),
    ('\u{b3}', [401, 438, 401, 438]),
    ('\u{b7}', [318, 380, 318, 348]),
    ('\u{b9}', [401, 438, 401, 438]),
    ('\u{d7}', [838, 838, 838, 838]),
    ('\u{2009}', [200, 200, 200, 200]),
    ('\u{2013}', [500, 500, 500, 500]),
    ('\u{2014}', [1000, 1000, 1000, 1000]),
    ('\u{2018}', [318, 380, 318, 348]),
    ('\u{2019}', [318, 380, 318, 348]),
    ('\u{201c}', [518, 657, 511, 575]),
    ('\u{201d}', [518, 657, 511, 575]),
    ('\u{2026}', [1000, 1000, 1000, 1000]),
    ('\u{202f}', [200, 200, 200, 200]),
    ('\u{2192}', [838, 838, 838, 838]),
    ('\u{2212}', [838, 838, 838, 838]),
    ('\u{2248}', [838, 838, 838, 838]),
    ('\u{2264}', [838, 838, 838, 838]),
    ('\u{2265}', [838, 838, 838, 838]),
];

/// First and last characters without a width of their own: controls, marks above and
/// below letters, joiners, directions, variants.
const WITHOUT_WIDTH: [(char, char); 20] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{489}'),
    ('\u{591}', '\u{5bd}'),
    ('\u{610}', '\u{61a}'),
    ('\u{64b}', '\u{65f}'),
    ('\u{6d6}', '\u{6dc}'),
    ('\u{93c}', '\u{93c}'),
    ('\u{94d}', '\u{94d}'),
    ('\u{e34}', '\u{e3a}'),
    ('\u{e47}', '\u{e4e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{20d0}', '\u{20f0}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{fe20}', '\u{fe2f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{e0100}', '\u{e01ef}'),
];

/// First and last characters that fill a square: East Asian scripts, boxes, signs, and two
/// Khmer words of one character.
const SQUARES: [(char, char); 15] = [
    ('\u{1100}', '\u{115f}'),
    ('\u{17a4}', '\u{17a4}'),
    ('\u{17d8}', '\u{17d8}'),
    ('\u{2300}', '\u{2bff}'),
    ('\u{2e80}', '\u{a4cf}'),
    ('\u{a960}', '\u{a97f}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe10}', '\u{fe19}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{ffe0}', '\u{ffe6}'),
    ('\u{16fe0}', '\u{1b2ff}'),
    ('\u{1d300}', '\u{1d376}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// First and last characters that are pictures.
const PICTURES: (char, char) = ('\u{1f000}', '\u{1faff}');

/// Joins the pictures on both sides of it to one.
const JOINER: char = '\u{200d}';
const ELLIPSIS: char = '\u{2026}';

/// Advance of a character in thousandths of the type's size.
fn advance(character: char, face: Face) -> u16 {
    let is_within = |ranges: &[(char, char)]| {
        let mut ranges = ranges.iter();
        ranges.any(|(first, last)| (*first..=*last).contains(&character))
    };
    let column = match face {
        Face::Sans => Some(0),
        Face::SansBold => Some(1),
        Face::Serif => Some(2),
        Face::SerifBold => Some(3),
        Face::Mono => None,
    };
    if let (' '..='~', Some(column)) = (character, column) {
        return ASCII[column][character as usize - ' ' as usize];
    }
    if is_within(&WITHOUT_WIDTH) {
        return 0;
    }
    let sign = SIGNS.binary_search_by_key(&character, |(sign, _)| *sign);
    match (sign, column) {
        (Ok(index), Some(column)) => SIGNS[index].1[column],
        (Ok(_), None) => MONO,
        _ if is_within(&SQUARES) => SQUARE,
        _ if is_within(&[PICTURES]) => PICTURE,
        (_, None) => MONO,
        _ if matches!(face, Face::SansBold | Face::SerifBold) => BOLD_LETTER,
        _ => LETTER,
    }
}

/// Width of a text in a face at a size, in the size's unit.
///
/// ```
/// use headlight_figure::{Face, text_width};
///
/// assert_eq!(text_width("0.25", Face::Mono, 10.0), 24.08);
/// assert!(text_width("will", Face::Sans, 13.0) < text_width("worm", Face::Sans, 13.0));
/// ```
#[must_use]
pub fn text_width(text: &str, face: Face, size: f64) -> f64 {
    let advances = text.chars().map(|c| u64::from(advance(c, face)));
    advances.sum::<u64>() as f64 * size / 1000.0
}

/// A text cut with an ellipsis where it is wider than `width`; nothing where not even
/// the ellipsis fits.
///
/// Marks stay with their letter, and joined pictures together.
#[must_use]
pub fn fitted(text: &str, face: Face, size: f64, width: f64) -> Cow<'_, str> {
    if text_width(text, face, size) <= width {
        return Cow::Borrowed(text);
    }
    let room = width - text_width("\u{2026}", face, size);
    if room.is_nan() || room < 0.0 {
        return Cow::Borrowed("");
    }
    let mut so_far = 0.0;
    let mut end = 0;
    let mut is_joined = false;
    for (index, character) in text.char_indices() {
        let own = text_width(character.encode_utf8(&mut [0; 4]), face, size);
        if own > 0.0 && !is_joined {
            end = index;
        }
        so_far += own;
        if so_far > room {
            break;
        }
        is_joined = character == JOINER;
    }
    let mut cut = text[..end].trim_end().to_owned();
    cut.push(ELLIPSIS);
    Cow::Owned(cut)
}

/// A text in lines no wider than `width`, broken at blanks; a word that is wider is cut.
#[must_use]
pub fn wrapped(text: &str, face: Face, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut so_far = 0.0;
    let blank = text_width(" ", face, size);
    for word in text
        .split([' ', '\n', '\t'])
        .filter(|word| !word.is_empty())
    {
        let word = fitted(word, face, size, width);
        let own = text_width(&word, face, size);
        match lines.last_mut() {
            Some(line) if so_far + blank + own <= width => {
                line.push(' ');
                line.push_str(&word);
                so_far += blank + own;
            }
            _ => {
                lines.push(word.into_owned());
                so_far = own;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use resvg::usvg::fontdb;
    use unicode_width::UnicodeWidthChar;

    use super::*;

    const FACES: [Face; 5] = [
        Face::Sans,
        Face::SansBold,
        Face::Serif,
        Face::SerifBold,
        Face::Mono,
    ];

    /// The font that a face is measured from.
    fn font(face: Face) -> skrifa::FontRef<'static> {
        let bytes = match face {
            Face::Sans => dejavu::sans::regular(),
            Face::SansBold => dejavu::sans::bold(),
            Face::Serif => dejavu::serif::regular(),
            Face::SerifBold => dejavu::serif::bold(),
            Face::Mono => dejavu::sans_mono::regular(),
        };
        skrifa::FontRef::new(bytes).unwrap()
    }

    /// The advance in the font, in thousandths.
    fn measured(character: char, face: Face) -> Option<f64> {
        use skrifa::MetadataProvider;
        let font = font(face);
        let glyph = font.charmap().map(character)?;
        let size = skrifa::instance::Size::new(1000.0);
        let metrics = font.glyph_metrics(size, skrifa::instance::LocationRef::default());
        metrics.advance_width(glyph).map(f64::from)
    }

    #[test]
    fn the_table_holds_the_advances_of_the_fonts() {
        for face in FACES {
            let signs = SIGNS.iter().map(|(sign, _)| *sign);
            for character in (' '..='~').chain(signs) {
                // The mono font has no thin blanks; a browser takes another font's.
                let Some(measured) = measured(character, face) else {
                    continue;
                };
                let ours = f64::from(advance(character, face));
                assert!(
                    (ours - measured).abs() <= 0.5,
                    "{face:?} {character:?}: {ours} {measured}"
                );
            }
        }
    }

    #[test]
    fn signs_are_in_order() {
        assert!(SIGNS.is_sorted_by_key(|(sign, _)| *sign));
    }

    /// Real sentences in other alphabets get the room they need, and not half as much again.
    #[test]
    fn other_alphabets_get_the_room_they_need() {
        let sentences = [
            "Übergrößenträger führen Bärte über Straßen",
            "Où êtes-vous allés, chère élève? À la forêt",
            "Zażółć gęślą jaźń, pchnąć w tę łódź jeża",
            "Съешь ещё этих мягких французских булок",
            "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
        ];
        for sentence in sentences {
            for face in FACES {
                let measured = sentence.chars().map(|c| measured(c, face).unwrap());
                let measured: f64 = measured.sum();
                let ratio = text_width(sentence, face, 1000.0) / measured;
                assert!(
                    (0.999..1.3).contains(&ratio),
                    "{face:?} {sentence}: {ratio}"
                );
            }
        }
    }

    #[test]
    fn no_character_is_taken_to_be_narrower_than_it_is() {
        let mut wrong = Vec::new();
        for character in '\u{20}'..=char::MAX {
            let ours = advance(character, Face::Sans);
            let is_enough = match character.width() {
                Some(2..) => ours >= SQUARE,
                Some(1) => ours > 0,
                _ => true,
            };
            if !is_enough {
                wrong.push(u32::from(character));
            }
        }
        assert!(wrong.is_empty(), "{wrong:x?}");
    }

    #[test]
    fn marks_add_nothing_and_east_asian_characters_are_square() {
        let width = |text: &str| text_width(text, Face::Sans, 10.0);
        assert_eq!(width("e\u{301}\u{200d}\u{fe0f}\u{202e}"), width("e"));
        assert_eq!(width("\u{4f60}\u{597d}"), 20.0);
        assert_eq!(width("\u{1f600}"), 12.5);
        assert_eq!(width(""), 0.0);
    }

    #[test]
    fn a_text_that_fits_is_left_alone_and_a_longer_one_ends_in_an_ellipsis() {
        let fitted = |text, width| fitted(text, Face::Mono, 10.0, width).into_owned();
        assert_eq!(fitted("headlight", 60.0), "headlight");
        assert_eq!(fitted("headlight", 54.2), "headlight");
        assert_eq!(fitted("headlight", 54.1), "headlig\u{2026}");
        assert_eq!(fitted("two words", 30.0), "two\u{2026}");
        assert_eq!(fitted("headlight", 6.1), "\u{2026}");
        assert_eq!(fitted("headlight", 6.0), "");
        assert_eq!(fitted("headlight", f64::NAN), "");
        assert_eq!(
            fitted("ae\u{301}e\u{301}e\u{301}", 19.0),
            "ae\u{301}\u{2026}"
        );
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(fitted(&format!("a{family}bcdefgh"), 30.0), "a\u{2026}");
    }

    #[test]
    fn lines_are_broken_at_blanks() {
        let lines = wrapped("a bc  def\nghij klmnopqrs", Face::Mono, 10.0, 37.0);
        assert_eq!(lines, ["a bc", "def", "ghij", "klmno\u{2026}"]);
        assert_eq!(wrapped(" ", Face::Mono, 10.0, 37.0), Vec::<String>::new());
    }

    /// The font database of the renderer knows the fonts by the names of the style sheet.
    #[test]
    fn the_measured_fonts_are_those_that_pictures_are_drawn_with() {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        let names: Vec<&str> = fonts
            .faces()
            .flat_map(|face| &face.families)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["DejaVu Sans"]);
    }

    proptest! {
        #[test]
        fn what_was_fitted_fits(text in ".{0,40}", width in 0.0..200.0_f64) {
            for face in FACES {
                let fitted = fitted(&text, face, 12.0, width);
                prop_assert!(text_width(&fitted, face, 12.0) <= width + 1e-9);
            }
        }

        #[test]
        fn no_line_is_too_wide(text in ".{0,80}", width in 20.0..200.0_f64) {
            for line in wrapped(&text, Face::Sans, 12.0, width) {
                prop_assert!(text_width(&line, Face::Sans, 12.0) <= width + 1e-9);
            }
        }
    }
}
