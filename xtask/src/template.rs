//! Templates with `{{NAME}}` places, filled completely or not at all.

use anyhow::{Result, bail};

/// Replaces each `{{NAME}}` in `template` by its value.
///
/// An unknown place in the template is an error, and so is a value that the
/// template has no place for: both mean that page and build do not fit.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut filled = String::with_capacity(template.len() + 256);
    let mut used = vec![false; values.len()];
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            bail!("a template opens `{{{{` and never closes it");
        };
        let Some(index) = values.iter().position(|(known, _)| *known == name) else {
            bail!("a template names `{name}`, which the build does not know");
        };
        used[index] = true;
        filled.push_str(before);
        filled.push_str(values[index].1);
        rest = tail;
    }
    filled.push_str(rest);
    if let Some(index) = used.iter().position(|used| !used) {
        bail!("a template has no place `{{{{{}}}}}`", values[index].0);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled() {
        let filled = fill("a {{X}} b {{Y}} {{X}}", &[("X", "1"), ("Y", "{{2}}")]);
        assert_eq!(filled.unwrap(), "a 1 b {{2}} 1");
    }

    #[test]
    fn an_unknown_place_is_refused_by_name() {
        let error = fill("{{CSS}}", &[]).unwrap_err().to_string();
        assert!(error.contains("`CSS`"), "{error}");
    }

    #[test]
    fn a_value_without_a_place_is_refused_by_name() {
        let error = fill("nothing", &[("CSS", "x")]).unwrap_err().to_string();
        assert!(error.contains("{{CSS}}"), "{error}");
    }

    #[test]
    fn an_open_place_is_refused() {
        assert!(fill("{{CSS", &[("CSS", "x")]).is_err());
    }
}
