//! One head's queries, keys and values.
//!
//! A run keeps queries and keys but no values, so the prompt is run once more
//! and they are read on the way: nothing has to be kept for every layer in case
//! somebody asks about one head.

use headlight_activations::{Capture, Edit, HeadInputs, HookPoint, Site};
use headlight_model::{LogitsWanted, Pace, RunRequest};

use crate::{AnswerError, HeadRef, Loaded};

impl Loaded {
    /// What one head's attention is computed from, at every token, with these
    /// edits. A head that shares its keys with others has a copy of them.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such head, if `pace` stops the run, or if
    /// the device fails.
    pub async fn head_inputs<P: Pace>(
        &self,
        tokens: &[u32],
        at: HeadRef,
        edits: &[Edit],
        pace: &P,
    ) -> Result<HeadInputs, AnswerError> {
        self.check_head(at)?;
        let architecture = &self.model.architecture;
        let hooks = [Site::Q, Site::K, Site::V].map(|site| HookPoint::block(at.layer, site));
        let capture = Capture::all_positions(hooks);
        let request = RunRequest {
            tokens,
            capture: &capture,
            edits,
            logits: LogitsWanted::Last,
        };
        let output = self.model.run(request, pace).await?;
        let found = output.read().await;
        let explained = self.model.explained(found, tokens, edits, pace).await;
        let (_, activations) = explained?;
        let d_head = architecture.shape.d_head;
        let [q, k, v] = hooks.map(|hook| {
            let activation = &activations[&hook];
            // `[batch, pos, head, d_head]`; there may be fewer heads of keys.
            let n_heads = activation.shape[2];
            let head = at.head * n_heads / architecture.shape.n_heads;
            let rows = activation.data.chunks_exact(n_heads * d_head);
            rows.flat_map(|row| &row[head * d_head..][..d_head])
                .copied()
                .collect::<Vec<f32>>()
        });
        Ok(HeadInputs {
            layer: at.layer,
            head: at.head,
            seq_len: tokens.len(),
            d_head,
            scale: architecture.attention_scale[at.layer],
            q,
            k,
            v,
        })
    }
}
