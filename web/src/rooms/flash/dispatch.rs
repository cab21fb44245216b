//! The way an action of the room reaches the state.

use headlight_view::reduce_flash;
use headlight_view::rooms::flash::FlashAction;

use crate::store::Store;

/// Applies an action of the room.
pub(super) fn act(store: Store, action: FlashAction) {
    store.change(|state| reduce_flash(state, action));
}
