//! What the server says with each answer, and the same for static hosts.
//!
//! The policy must come as a header: a meta tag does not reach the worker, and
//! the worker is where the engine runs. `'wasm-unsafe-eval'` allows compiling
//! WebAssembly and nothing else; there is no `'unsafe-inline'`, so no inline
//! script, style element or `style` attribute works anywhere on the page.
//!
//! Nobody else may frame the page (`frame-ancestors`), so that no site can lay it under
//! its own buttons, and a window that opens it gets no handle on it
//! (`cross-origin-opener-policy`). That other sites frame figures is wanted all the same:
//! embeds will be a document of their own, `embed.html`, and that document, the files
//! it needs and no other will be for everyone (`frame-ancestors *`, and
//! `access-control-allow-origin` and `cross-origin-resource-policy` to match, since a
//! sandboxed frame has no origin). Until there is one, there is nothing to frame.
//! A host that sends none of these headers leaves the page to be framed: a meta tag
//! cannot forbid it.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::dist;

macro_rules! policy {
    () => {
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
         connect-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         base-uri 'none'; form-action 'none'"
    };
}

/// The content security policy for the page's meta tag.
pub(crate) const POLICY_OF_DOCUMENT: &str = policy!();

/// The content security policy as a header, which alone can say who may frame the page.
const POLICY: &str = concat!(policy!(), "; frame-ancestors 'self'");

/// The headers of every answer, whatever it is.
pub(crate) const ALWAYS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What a page that measures has besides: isolated, its clock is exact to 5 µs, not 100.
pub(crate) const ISOLATED: &[(&str, &str)] = &[("cross-origin-embedder-policy", "require-corp")];

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
        assert!(!POLICY.contains("unsafe-inline"));
        assert!(!POLICY.contains("'unsafe-eval'"));
        assert!(!POLICY.contains("  "));
    }

    #[test]
    fn only_the_header_says_who_may_frame_the_page() {
        let own = POLICY.strip_prefix(POLICY_OF_DOCUMENT);
        assert_eq!(own, Some("; frame-ancestors 'self'"));
    }

    #[test]
    fn a_static_host_is_told_every_header() {
        let folder = std::env::temp_dir().join(format!("headlight-headers-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let text = static_host_file(&folder).unwrap();
        fs::remove_dir(&folder).unwrap();
        for (name, value) in ALWAYS {
            assert!(text.contains(&format!("\n  {name}: {value}\n")), "{name}");
        }
    }

    #[test]
    fn the_list_of_engines_is_asked_for_anew() {
        assert_eq!(cache_control("/engines.json"), "no-cache");
        assert!(cache_control("/shell-e3b0c44298fc1c14.js").contains("immutable"));
    }
}
