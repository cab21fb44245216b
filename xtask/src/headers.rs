//! What the server says with each answer, and the same for static hosts.
//!
//! The policy must come as a header: a meta tag does not reach the worker, and
//! the worker is where the engine runs. `'wasm-unsafe-eval'` allows compiling
//! WebAssembly and nothing else; there is no `'unsafe-inline'`, so no inline
//! script, style element or `style` attribute works anywhere on the page.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::dist;

/// The content security policy, for the header and the page's meta tag.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
    style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
    base-uri 'none'; form-action 'none'";

/// The headers of every answer, whatever it is.
pub(crate) const ALWAYS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// How long a browser may keep the file at `path`.
pub(crate) fn cache_control(path: &str) -> &'static str {
    if dist::is_hashed(path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// The `_headers` file that Netlify and Cloudflare Pages read, for the built `folder`.
///
/// These hosts let browsers keep nothing unless told otherwise, so only the
/// hashed files are named.
pub(crate) fn static_host_file(folder: &Path) -> Result<String> {
    let mut text = String::from("/*\n");
    for (name, value) in ALWAYS {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    let mut names: Vec<String> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| dist::is_hashed(name) && !name.ends_with(".br") && !name.ends_with(".gz"))
        .collect();
    names.sort_unstable();
    for name in names {
        let keep = cache_control(&name);
        text.push_str(&format!("/{name}\n  cache-control: {keep}\n"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_nothing_inline_and_no_eval() {
        assert!(!CONTENT_SECURITY_POLICY.contains("unsafe-inline"));
        assert!(!CONTENT_SECURITY_POLICY.contains("'unsafe-eval'"));
        assert!(!CONTENT_SECURITY_POLICY.contains("  "));
    }

    #[test]
    fn the_list_of_engines_is_asked_for_anew() {
        assert_eq!(cache_control("/engines.json"), "no-cache");
        assert!(cache_control("/shell-e3b0c44298fc1c14.js").contains("immutable"));
    }
}
