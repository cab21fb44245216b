//! Numbers as text: short where they are read, full where they are compared.

/// A fraction as a percentage, with as many digits as in a column beside it: `81.3 %`,
/// but `0 %` and `100 %` for none and all.
#[must_use]
pub fn percent(fraction: f64) -> String {
    if fraction == 0.0 || fraction == 1.0 {
        format!("{:.0}\u{a0}%", fraction * 100.0)
    } else {
        percent_column(fraction)
    }
}

/// A percentage with exactly one decimal, for columns of numbers.
#[must_use]
pub fn percent_column(fraction: f64) -> String {
    if fraction > 0.0 && fraction < 0.000_5 {
        return HARDLY_ANY.to_owned();
    }
    if is_nearly_all(fraction) {
        return NEARLY_ALL.to_owned();
    }
    format!("{:.1}\u{a0}%", fraction * 100.0)
}

const HARDLY_ANY: &str = "<\u{2009}0.1\u{a0}%";
const NEARLY_ALL: &str = ">\u{2009}99.9\u{a0}%";

/// True for what would be rounded to all of it and is not.
fn is_nearly_all(fraction: f64) -> bool {
    (0.999_5..1.0).contains(&fraction)
}

/// An attention weight with four decimals; one below 1 is never shown as 1.
#[must_use]
pub fn weight(weight: f64) -> String {
    let shown = if weight < 1.0 {
        weight.min(0.9999)
    } else {
        weight
    };
    fixed(shown, 4)
}

/// A number with `decimals` places and a real minus sign.
#[must_use]
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|byte| matches!(byte, b'1'..=b'9')) => {
            format!("\u{2212}{digits}")
        }
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

/// The shortest text that reads back as the same number, as programs read it.
#[must_use]
pub fn full(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-6 {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// A number of single precision in full, without digits that are not there.
#[must_use]
pub fn full_f32(value: f32) -> String {
    if value != 0.0 && value.abs() < 1e-6 {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// A number in scientific notation with one decimal: `3.1e-7`; `0` for none.
#[must_use]
pub fn scientific(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else {
        format!("{value:.1e}")
    }
}

/// A perplexity: two decimals, none from 1000 on, a power of ten from a million on.
#[must_use]
pub fn perplexity(value: f64) -> String {
    perplexity_in(value, 2)
}

/// A perplexity with `decimals` places below 1000.
#[must_use]
pub fn perplexity_in(value: f64, decimals: usize) -> String {
    if value < 999.995 {
        return fixed(value, decimals);
    }
    if value < 999_999.5 {
        return fixed(value, 0);
    }
    let text = format!("{value:.1e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let superscript = |digit: char| match digit {
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        '0' | '4'..='9' => char::from_u32(u32::from(digit) - 0x30 + 0x2070).unwrap_or(digit),
        _ => digit,
    };
    let exponent: String = exponent.chars().map(superscript).collect();
    format!("{digits}\u{a0}\u{d7}\u{a0}10{exponent}")
}

/// Bytes with a decimal unit: `2.1 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    let value = count as f64;
    match count {
        0..=999 => format!("{count}\u{a0}B"),
        1_000..=999_499 => format!("{:.0}\u{a0}kB", value / 1e3),
        999_500..=999_499_999 => format!("{:.1}\u{a0}MB", value / 1e6),
        _ => format!("{:.2}\u{a0}GB", value / 1e9),
    }
}

/// An amount of memory, in the powers of two that devices count in: `16 KiB`.
#[must_use]
pub fn memory(bytes: u64) -> String {
    let value = bytes as f64;
    let (size, unit) = match bytes {
        0..0x400 => (value, "B"),
        0x400..0x10_0000 => (value / 1024.0, "KiB"),
        0x10_0000..0x4000_0000 => (value / 1024.0_f64.powi(2), "MiB"),
        _ => (value / 1024.0_f64.powi(3), "GiB"),
    };
    let digits = usize::from(size.fract() > 0.05);
    format!("{size:.digits$}\u{a0}{unit}")
}

/// A count with a unit of thousands or millions: `2.1 M`.
#[must_use]
pub fn count(value: u64) -> String {
    match value {
        0..=999 => value.to_string(),
        1_000..=999_499 => format!("{:.0}\u{a0}k", value as f64 / 1e3),
        _ => format!("{:.1}\u{a0}M", value as f64 / 1e6),
    }
}

/// A duration: `0.4 ms`, `6 ms`, `1.2 s`.
#[must_use]
pub fn duration(elapsed_ms: f64) -> String {
    if elapsed_ms < 0.95 {
        format!("{elapsed_ms:.1}\u{a0}ms")
    } else if elapsed_ms < 999.5 {
        format!("{elapsed_ms:.0}\u{a0}ms")
    } else {
        format!("{:.1}\u{a0}s", elapsed_ms / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_counted_in_powers_of_two() {
        let said = [0, 1023, 16384, 48 << 10, 128 << 20, 2 << 30, 3 << 29].map(memory);
        let expected = [
            "0 B", "1023 B", "16 KiB", "48 KiB", "128 MiB", "2 GiB", "1.5 GiB",
        ];
        assert_eq!(said, expected.map(|text| text.replace(' ', "\u{a0}")));
    }

    #[test]
    fn a_percentage_is_rounded_to_what_can_be_read() {
        assert_eq!(percent(0.8129), "81.3\u{a0}%");
        assert_eq!(percent(0.0312), "3.1\u{a0}%");
        assert_eq!(percent(0.000_1), "<\u{2009}0.1\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(percent(0.0), "0\u{a0}%");
    }

    #[test]
    fn full_numbers_read_back_as_themselves() {
        for value in [0.1, 1.0 / 3.0, 1e-30, 123_456.789, 0.0] {
            assert_eq!(
                full(value).parse::<f64>().unwrap().to_bits(),
                value.to_bits()
            );
        }
        let single = 0.812_9_f32;
        assert_eq!(full_f32(single), "0.8129");
        assert_eq!(
            full_f32(single).parse::<f32>().unwrap().to_bits(),
            single.to_bits()
        );
    }

    #[test]
    fn a_negative_number_has_a_minus_sign_and_zero_has_none() {
        assert_eq!(fixed(-3.285, 2), "\u{2212}3.29");
        assert_eq!(fixed(-0.000_1, 2), "0.00");
    }

    #[test]
    fn bytes_and_times_change_units_where_they_round_up() {
        assert_eq!(bytes(999_499), "999\u{a0}kB");
        assert_eq!(bytes(999_500), "1.0\u{a0}MB");
        assert_eq!(duration(999.6), "1.0\u{a0}s");
        assert_eq!(duration(0.42), "0.4\u{a0}ms");
    }

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!(percent(0.9987), "99.9\u{a0}%");
        for text in [percent(0.99999), percent_column(0.99999)] {
            assert_eq!(text, ">\u{2009}99.9\u{a0}%");
        }
        assert_eq!(percent_column(1.0), "100.0\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(percent(0.994), "99.4\u{a0}%");
        assert_eq!(weight(0.999_96), "0.9999");
        assert_eq!(weight(1.0), "1.0000");
    }

    #[test]
    fn a_perplexity_never_has_more_than_six_digits() {
        assert_eq!(perplexity(6.414), "6.41");
        assert_eq!(perplexity(1234.4), "1234");
        assert_eq!(perplexity(1.04e9), "1.0\u{a0}\u{d7}\u{a0}10\u{2079}");
        assert_eq!(perplexity(3.26e12), "3.3\u{a0}\u{d7}\u{a0}10\u{b9}\u{b2}");
    }
}
