//! Edits made ready for a run: checked, and with numbers in place of means.

use headlight_activations::{Activations, Capture, CapturePos, Edit, EditOp};

use crate::tap::{ResolvedEdit, ResolvedOp};
use crate::{LogitsWanted, Model, Pace, RunError, RunRequest};

impl Model {
    /// Checks the edits and puts numbers in place of means, which takes a
    /// clean run of the prompt if there are any.
    pub(crate) async fn resolve<P: Pace>(
        &self,
        edits: &[Edit],
        prompt: &[u32],
        seq_len: usize,
        pace: &P,
    ) -> Result<Vec<ResolvedEdit>, RunError> {
        for edit in edits {
            edit.check(&self.architecture.shape, seq_len)?;
        }
        let means = self.clean_means(edits, prompt, pace).await?;
        Ok(edits.iter().map(|edit| resolve_one(edit, &means)).collect())
    }

    async fn clean_means<P: Pace>(
        &self,
        edits: &[Edit],
        prompt: &[u32],
        pace: &P,
    ) -> Result<Activations, RunError> {
        let hooks = edits
            .iter()
            .filter(|edit| edit.op == EditOp::Mean)
            .map(|edit| edit.hook);
        let capture = Capture {
            hooks: hooks.collect(),
            pos: CapturePos::Mean,
        };
        if capture.hooks.is_empty() {
            return Ok(Activations::new());
        }
        let logits = LogitsWanted::Last;
        let request = RunRequest {
            tokens: prompt,
            capture: &capture,
            edits: &[],
            logits,
        };
        let output = self.run_resolved(&request, Vec::new(), pace).await?;
        match output.read().await {
            Ok((_, means)) => Ok(means),
            Err(error) => Err(self.explanation(error, prompt, &[], pace).await),
        }
    }
}

fn resolve_one(edit: &Edit, means: &Activations) -> ResolvedEdit {
    let vector = || edit.value.clone().unwrap_or_default();
    let op = match edit.op {
        EditOp::Zero => ResolvedOp::Zero,
        EditOp::Add => ResolvedOp::Add(vector()),
        EditOp::Set => ResolvedOp::Set(vector()),
        EditOp::Mean => {
            let mean = &means[&edit.hook];
            ResolvedOp::Set(match edit.head {
                // `[batch, head, d_head]` less the position axis, so a row is a head.
                Some(head) => mean.rows().nth(head).unwrap_or_default().to_vec(),
                None => mean.data.clone(),
            })
        }
    };
    ResolvedEdit {
        hook: edit.hook,
        head: edit.head,
        pos: edit.pos.clone(),
        op,
    }
}
