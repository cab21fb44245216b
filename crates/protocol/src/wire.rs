//! Messages as they cross between page and worker: a JSON text and the big
//! arrays beside it, which travel as transferred buffers.

use headlight_activations::Finding;

use crate::{Event, HeadPattern, Request, Response};

/// A message in transit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    /// Everything but the big arrays.
    pub json: String,
    /// The big arrays, in the order in which the message names them.
    pub buffers: Vec<Vec<f32>>,
}

/// A message that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The text is not a message.
    #[error("message is not understood: {0}")]
    Json(#[from] serde_json::Error),
    /// An array is missing or has the wrong length.
    #[error("message has {found} numbers in buffer {index}, expected {expected}")]
    Buffer {
        /// Index of the buffer.
        index: usize,
        /// Numbers found in it; 0 if it is missing.
        found: usize,
        /// Numbers expected.
        expected: usize,
    },
}

impl Wire {
    /// Packs an event.
    ///
    /// # Errors
    ///
    /// Returns an error if the event does not serialise, which a number that
    /// is not finite would cause.
    pub fn from_event(mut event: Event) -> Result<Self, WireError> {
        let mut buffers = Vec::new();
        if let Some(head) = pattern_of(&mut event) {
            buffers.push(std::mem::take(&mut head.pattern));
            buffers.push(std::mem::take(&mut head.lse));
            buffers.push(std::mem::take(&mut head.clean));
        }
        if let Some(finding) = finding_of(&mut event) {
            let arrays = finding.buffers().into_iter();
            buffers.extend(arrays.map(|(array, _)| std::mem::take(array)));
        }
        let json = serde_json::to_string(&event)?;
        Ok(Self { json, buffers })
    }

    /// Unpacks an event.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not an event or an array does not fit it.
    pub fn into_event(self) -> Result<Event, WireError> {
        let mut event: Event = serde_json::from_str(&self.json)?;
        if let Some(head) = pattern_of(&mut event) {
            let mut buffers = self.buffers.into_iter();
            let n = head.seq_len;
            let n_pairs = n.saturating_mul(n);
            let n_clean = if head.is_edited { n_pairs } else { 0 };
            head.pattern = take_buffer(&mut buffers, 0, n_pairs)?;
            head.lse = take_buffer(&mut buffers, 1, n)?;
            head.clean = take_buffer(&mut buffers, 2, n_clean)?;
        } else if let Some(finding) = finding_of(&mut event) {
            let mut buffers = self.buffers.into_iter();
            for (index, (array, expected)) in finding.buffers().into_iter().enumerate() {
                *array = take_buffer(&mut buffers, index, expected)?;
            }
        }
        Ok(event)
    }

    /// Packs a request, which has no big arrays.
    ///
    /// # Errors
    ///
    /// Returns an error if the request does not serialise.
    pub fn from_request(request: &Request) -> Result<Self, WireError> {
        Ok(Self {
            json: serde_json::to_string(request)?,
            buffers: Vec::new(),
        })
    }

    /// Unpacks a request.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a request.
    pub fn into_request(self) -> Result<Request, WireError> {
        Ok(serde_json::from_str(&self.json)?)
    }
}

fn pattern_of(event: &mut Event) -> Option<&mut HeadPattern> {
    match event {
        Event::Done {
            response: Response::Run(answer),
            ..
        } => answer.pattern.as_mut(),
        Event::Done {
            response: Response::Pattern(head),
            ..
        } => Some(head),
        _ => None,
    }
}

fn finding_of(event: &mut Event) -> Option<&mut Finding> {
    match event {
        Event::Done {
            response: Response::Found(finding),
            ..
        } => Some(finding),
        _ => None,
    }
}

fn take_buffer(
    buffers: &mut impl Iterator<Item = Vec<f32>>,
    index: usize,
    expected: usize,
) -> Result<Vec<f32>, WireError> {
    let buffer = buffers.next().unwrap_or_default();
    let found = buffer.len();
    if found == expected {
        Ok(buffer)
    } else {
        Err(WireError::Buffer {
            index,
            found,
            expected,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeadRef, RunId};

    fn event() -> Event {
        let head = HeadRef { layer: 1, head: 2 };
        let pattern = vec![1.0, 0.0, 0.25, 0.75];
        let lse = vec![0.5, f32::INFINITY];
        let answer = HeadPattern {
            head,
            seq_len: 2,
            pattern,
            lse,
            is_edited: true,
            clean: vec![1.0, 0.0, 0.5, 0.5],
        };
        Event::Done {
            run: RunId(7),
            response: Response::Pattern(answer),
        }
    }

    #[test]
    fn an_event_arrives_as_it_was_sent() {
        let wire = Wire::from_event(event()).unwrap();
        assert_eq!(wire.buffers.len(), 3);
        assert_eq!(wire.into_event().unwrap(), event());
    }

    #[test]
    fn a_buffer_of_the_wrong_length_is_refused() {
        let mut wire = Wire::from_event(event()).unwrap();
        wire.buffers[0].pop();
        let error = wire.into_event().unwrap_err().to_string();
        assert_eq!(error, "message has 3 numbers in buffer 0, expected 4");
        let mut wire = Wire::from_event(event()).unwrap();
        wire.buffers[2].clear();
        let error = wire.into_event().unwrap_err().to_string();
        assert_eq!(error, "message has 0 numbers in buffer 2, expected 4");
    }

    #[test]
    fn text_that_is_no_message_is_refused() {
        let wire = Wire {
            json: "{\"Run\":{}}".to_owned(),
            buffers: vec![],
        };
        assert!(wire.clone().into_request().is_err());
        assert!(wire.into_event().is_err());
    }
}
