//! Numbers, dates and lists as people read them. Everything the page shows is formatted here and nowhere else.

/// What stands where there is no number.
pub(crate) const NOT_AVAILABLE: &str = "n/a";

/// A fraction as a percentage with one decimal: `62.3%`.
pub(crate) fn percent(fraction: f64) -> String {
    if fraction.is_finite() { format!("{:.1}%", 100.0 * fraction) } else { NOT_AVAILABLE.to_owned() }
}

/// A fraction as a whole percentage; what is more than nothing never shows as nothing.
pub(crate) fn whole_percent(fraction: f64) -> String {
    if !fraction.is_finite() {
        NOT_AVAILABLE.to_owned()
    } else if fraction > 0.0 && fraction < 0.005 {
        "<1%".to_owned()
    } else {
        format!("{:.0}%", 100.0 * fraction)
    }
}

/// Three decimals.
pub(crate) fn decimal(value: f64) -> String {
    if value.is_finite() { format!("{value:.3}") } else { NOT_AVAILABLE.to_owned() }
}

/// Percentage points with one decimal and no unit.
pub(crate) fn points(fraction: f64) -> String {
    if fraction.is_finite() { format!("{:.1}", 100.0 * fraction) } else { NOT_AVAILABLE.to_owned() }
}

/// A difference in percentage points with its sign: `+1.4`, `−2.1`, `0.0`.
pub(crate) fn signed_points(difference: f64) -> String {
    let size = points(difference.abs());
    match difference {
        _ if size == "0.0" || !difference.is_finite() => size,
        negative if negative < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

/// A count with thousands set apart: `1,200`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with what is counted: `1 clip`, `1,200 clips`.
pub(crate) fn plural(n: usize, one: &str) -> String {
    let mark = if n == 1 { "" } else { "s" };
    format!("{} {one}{mark}", count(n as u64))
}

/// `3 to 4`, or `3` where both ends are the same.
pub(crate) fn range(values: impl IntoIterator<Item = usize>) -> String {
    let (mut low, mut high) = (usize::MAX, 0);
    for value in values {
        low = low.min(value);
        high = high.max(value);
    }
    match low {
        usize::MAX => NOT_AVAILABLE.to_owned(),
        _ if low == high => count(low as u64),
        _ => format!("{} to {}", count(low as u64), count(high as u64)),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// A length of time, in the unit that suits it: `0.42 s`, `12.3 s`, `3 min 05 s`, `1 h 04 min`.
pub(crate) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return NOT_AVAILABLE.to_owned();
    }
    let whole = seconds.round() as u64;
    match seconds {
        s if s < 0.9995 => format!("{s:.2} s"),
        s if s < 59.95 => format!("{s:.1} s"),
        s if s < 3599.5 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => {
            let minutes = (seconds / 60.0).round() as u64;
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        }
    }
}

/// `2026-11-22T11:08:43Z` as `22 November 2026, 11:08 UTC`; anything else as it is.
pub(crate) fn date(rfc3339: &str) -> String {
    parse_date(rfc3339).unwrap_or_else(|| rfc3339.to_owned())
}

fn parse_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let (day, time) = text.split_once('T')?;
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let utc = time.ends_with('Z') || time.ends_with("+00:00");
    let clock = time.get(..5)?;
    let zone = if utc { "UTC".to_owned() } else { format!("UTC{}", time.get(time.rfind(['+', '-'])?..)?) };
    Some(format!("{} {month} {year}, {clock} {zone}", day.parse::<u8>().ok()?))
}

/// At most `most` characters; what is cut off shows as an ellipsis.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(percent(0.6234), "62.3%");
        assert_eq!(percent(f64::NAN), "n/a");
        assert_eq!([-0.021, 0.0004, 0.014].map(signed_points), ["−2.1", "0.0", "+1.4"]);
        assert_eq!(whole_percent(0.004), "<1%");
        assert_eq!(whole_percent(0.0), "0%");
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plural(1, "clip"), "1 clip");
        assert_eq!(range([3, 4, 3]), "3 to 4");
        assert_eq!(range([]), "n/a");
    }

    #[test]
    fn times_take_the_unit_that_suits_them() {
        for (seconds, text) in
            [(0.42, "0.42 s"), (12.34, "12.3 s"), (59.97, "1 min 00 s"), (185.0, "3 min 05 s"), (3840.0, "1 h 04 min"), (-1.0, "n/a")]
        {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn dates_are_spelt_out_and_other_text_is_left_alone() {
        assert_eq!(date("2026-11-02T11:08:43Z"), "2 November 2026, 11:08 UTC");
        assert_eq!(date("2026-11-02T11:08:43.25+02:00"), "2 November 2026, 11:08 UTC+02:00");
        for odd in ["", "yesterday", "2026-13-02T11:08:43Z", "2026-11-02Té", "T", "2026-00-01T00:00:00Z"] {
            assert_eq!(date(odd), odd);
        }
    }

    #[test]
    fn lists_and_long_names() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(shorten("überrascht", 6), "überr…");
    }
}
