//! Direct logit attribution, asked for by token ids.

use headlight_activations::{Attribution, Edit};
use headlight_model::Pace;

use crate::{AnswerError, Loaded};

impl Loaded {
    /// Direct logit attribution at the last position: what each component adds to
    /// the logit of `token` less that of `against`, from raw weights, with the
    /// final norm's scale as the run had it.
    ///
    /// The sum of the components is the logit difference up to rounding, unless an
    /// edit writes into the residual stream itself: see
    /// [`headlight_model::Model::attribute`]. Pauses after every layer.
    ///
    /// # Errors
    ///
    /// Returns an error if the two ids are the same or not in the vocabulary, if
    /// the tokens or edits do not fit the model, if `pace` stops the run, or if the
    /// device fails.
    pub async fn attribute<P: Pace>(
        &self,
        tokens: &[u32],
        token: u32,
        against: u32,
        edits: &[Edit],
        pace: &P,
    ) -> Result<Attribution, AnswerError> {
        let d_vocab = self.model.architecture.shape.d_vocab;
        for (name, id) in [("token", token), ("against", against)] {
            if id as usize >= d_vocab {
                return Err(AnswerError::NoSuchToken { name, id, d_vocab });
            }
        }
        if token == against {
            return Err(AnswerError::SameToken { id: token });
        }
        let attribution = self.model.attribute(tokens, token, against, edits, pace);
        Ok(attribution.await?)
    }
}
