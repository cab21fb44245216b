//! Names of targets as the document has them, turned back into those of the figures.

use std::cell::RefCell;

use headlight_figure::Target;

thread_local! {
    /// Names that figures have used: a dozen, all constants.
    static NAMES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Notes the name of a kind of target that stands in the document.
pub(crate) fn remember(name: &'static str) {
    NAMES.with_borrow_mut(|names| {
        if !names.contains(&name) {
            names.push(name);
        }
    });
}

/// Reads `data-target`, such as `token:7`; nothing for what no figure has written.
pub(crate) fn target(text: &str) -> Option<Target> {
    let (name, at) = text.rsplit_once(':')?;
    let what = NAMES.with_borrow(|names| names.iter().copied().find(|known| *known == name))?;
    Some(Target {
        what,
        at: at.parse().ok()?,
    })
}
