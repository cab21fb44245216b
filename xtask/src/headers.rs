//! What the server says with each answer, and the same for static hosts.
//!
//! The policy must come as a header: a meta tag does not reach the worker, and
//! the worker is where the engine runs. `'wasm-unsafe-eval'` allows compiling
//! WebAssembly and nothing else; there is no `'unsafe-inline'`, so no inline
//! script, style element or `style` attribute works anywhere on the page.
//!
//! Nobody else may frame the page (`frame-ancestors`), so that no site can lay it under
//! its own buttons, and a window that opens it gets no handle on it
//! (`cross-origin-opener-policy`). Other sites frame single figures: `embed.html`, the
//! files it needs and no other are for everyone (`frame-ancestors *`, and
//! `access-control-allow-origin` and `cross-origin-resource-policy` to match, since a
//! sandboxed frame has no origin). Its document has no policy of its own as a meta tag: what
//! that calls `'self'` is nothing in a frame without an origin.
//! A host that sends none of these headers leaves the page to be framed, and shows no
//! embedded figure: a meta tag can do neither.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::dist;

macro_rules! policy {
    () => {
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
         connect-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         frame-src 'self'; base-uri 'none'; form-action 'none'"
    };
}

/// The content security policy for the page's meta tag.
pub(crate) const POLICY_OF_DOCUMENT: &str = policy!();

/// The content security policy as a header, which alone can say who may frame the page.
const POLICY: &str = concat!(policy!(), "; frame-ancestors 'self'");

/// The policy of a figure in someone else's page: no worker, nothing of another site.
const POLICY_OF_EMBED: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors *";

type Headers = &'static [(&'static str, &'static str)];

/// The headers of every answer, whatever it is.
const ALWAYS: Headers = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
];

/// Headers of the page and of what only it fetches.
const OF_PAGE: Headers = &[
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Headers of an embedded figure and of what it fetches.
const OF_EMBED: Headers = &[
    ("content-security-policy", POLICY_OF_EMBED),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
];

/// What the names of the files that an embedded figure needs begin with.
const EMBEDDED: &[&str] = &["embed.html", "embed-", "recorded-embeds/"];

/// The headers of the file at `path`, which begins with `/`.
pub(crate) fn for_path(path: &str) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    ALWAYS.iter().chain(own(path))
}

/// The headers that only some files have.
fn own(path: &str) -> Headers {
    let name = path.trim_start_matches('/');
    match EMBEDDED.iter().any(|start| name.starts_with(start)) {
        true => OF_EMBED,
        false => OF_PAGE,
    }
}

/// What a page that measures has besides: isolated, its clock is exact to 5 µs, not 100.
pub(crate) const ISOLATED: Headers = &[("cross-origin-embedder-policy", "require-corp")];

/// Time for which a browser may keep the file at `path`.
pub(crate) fn cache_control(path: &str) -> &'static str {
    if dist::is_hashed(path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// The `_headers` file that Netlify and Cloudflare Pages read, for the built `folder`.
///
/// These hosts let browsers keep nothing unless told otherwise, so only the hashed files
/// are kept. Where two rules fit, they send both: what differs is said of each file or folder.
pub(crate) fn static_host_file(folder: &Path) -> Result<String> {
    let mut text = String::from("/*\n");
    let put = |headers: Headers, text: &mut String| {
        for (name, value) in headers {
            text.push_str(&format!("  {name}: {value}\n"));
        }
    };
    put(ALWAYS, &mut text);
    let mut paths = vec!["/".to_owned()];
    for entry in fs::read_dir(folder)?.flatten() {
        let is_folder = entry.path().is_dir();
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_copy = name.ends_with(".br") || name.ends_with(".gz");
        match is_folder {
            true => paths.push(format!("/{name}/*")),
            false if !is_copy && name != "_headers" => paths.push(format!("/{name}")),
            false => {}
        }
    }
    paths.sort_unstable();
    for path in paths {
        text.push_str(&format!("{path}\n"));
        put(own(&path), &mut text);
        if dist::is_hashed(&path) {
            text.push_str(&format!("  cache-control: {}\n", cache_control(&path)));
        }
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
    fn a_static_host_is_told_every_header_once() {
        let folder = std::env::temp_dir().join(format!("headlight-headers-{}", std::process::id()));
        fs::create_dir_all(folder.join("recorded-embeds")).unwrap();
        for name in ["index.html", "embed.html", "shell-e3b0c44298fc1c14.js"] {
            fs::write(folder.join(name), "").unwrap();
        }
        let text = static_host_file(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let rule = |path: &str| {
            let start = text.find(&format!("{path}\n")).unwrap() + path.len();
            let rule = text[start..].split("\n/").next();
            rule.unwrap_or_default().to_owned()
        };
        for (name, value) in ALWAYS {
            assert!(rule("/*").contains(&format!("  {name}: {value}")), "{name}");
        }
        assert!(!rule("/*").contains("policy: same-origin"));
        assert!(rule("/index.html").contains("frame-ancestors 'self'"));
        assert!(rule("/embed.html").contains("frame-ancestors *"));
        assert!(rule("/recorded-embeds/*").contains("access-control-allow-origin: *"));
        assert!(rule("/shell-e3b0c44298fc1c14.js").contains("immutable"));
    }

    #[test]
    fn only_what_an_embedded_figure_needs_is_for_everyone() {
        let is_for_everyone = |path| for_path(path).any(|(_, value)| *value == "*");
        let shared = [
            "/embed.html",
            "/embed-e3b0c44298fc1c14.js",
            "/recorded-embeds/stories.flash.txt",
        ];
        assert!(shared.into_iter().all(is_for_everyone));
        let own = [
            "/",
            "/index.html",
            "/models/stories/config.json",
            "/engines.json",
        ];
        assert!(!own.into_iter().any(is_for_everyone));
    }

    #[test]
    fn the_list_of_engines_is_asked_for_anew() {
        assert_eq!(cache_control("/engines.json"), "no-cache");
        assert!(cache_control("/shell-e3b0c44298fc1c14.js").contains("immutable"));
    }
}
