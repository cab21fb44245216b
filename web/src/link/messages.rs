//! The one place that knows both the engine's messages and the view's.

use headlight_protocol as engine;
use headlight_protocol::{Event, Request, Response, Wire};
use headlight_view::answers::head::Head;
use headlight_view::answers::run::{Pattern, PatternError, WeightedToken};
use headlight_view::rooms::attention::figures::next::N_NEXT;
use headlight_view::session as view;
use headlight_view::session::words as session_words;
use headlight_view::session::{Ask, Death, Message};
use js_sys::{Array, Float32Array, Object, Reflect};
use leptos::logging::warn;
use wasm_bindgen::{JsCast, JsValue};

use super::js_error::describe;

/// Packs a question as the object that the worker expects.
pub fn pack(ask: Ask) -> Result<JsValue, String> {
    let wire = Wire::from_request(&request(ask)).map_err(|error| error.to_string())?;
    let message = Object::new();
    let is_set = Reflect::set(&message, &"json".into(), &wire.json.into());
    is_set.map_err(describe)?;
    Ok(message.into())
}

/// Reads what a worker posted: its loader's words, or the engine's.
pub fn unpack(data: &JsValue, wasm_bytes: Option<u64>) -> Result<Message, Death> {
    let get = |name: &str| Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED);
    if let Some(json) = get("json").as_string() {
        let buffers = Array::from(&get("buffers"));
        let buffers = buffers.iter().map(|buffer| floats(&buffer)).collect();
        let event = Wire { json, buffers }.into_event();
        let event = event.map_err(|error| Death::Unreadable(error.to_string()))?;
        return message(event).map_err(|error| Death::Unreadable(error.to_string()));
    }
    match get("kind").as_string().as_deref() {
        Some("progress") => Ok(Message::Fetching {
            loaded_bytes: get("loaded").as_f64().unwrap_or(0.0) as u64,
            total_bytes: get("total")
                .as_f64()
                .filter(|total| *total > 0.0)
                .map(|total| total as u64)
                .or(wasm_bytes),
        }),
        Some("alive") => Ok(Message::Alive),
        Some("failed") => Err(Death::NotStarted(
            get("message").as_string().unwrap_or_default(),
        )),
        _ => Err(Death::Unreadable(session_words::NO_MESSAGE.to_owned())),
    }
}

fn floats(buffer: &JsValue) -> Vec<f32> {
    buffer
        .dyn_ref::<Float32Array>()
        .map(Float32Array::to_vec)
        .unwrap_or_default()
}

fn request(ask: Ask) -> Request {
    match ask {
        Ask::Load {
            run,
            model,
            choice,
            fails_self_test,
        } => Request::Load {
            run,
            model,
            backend: choice,
            inject: fails_self_test.then_some(engine::Fault::SelfTest),
        },
        Ask::Run {
            run,
            prompt,
            head,
            edits,
        } => Request::Run {
            run,
            prompt,
            top: N_NEXT,
            edits,
            pattern: Some(head_ref(head)),
        },
        Ask::Pattern { run, head } => Request::Pattern {
            run,
            head: head_ref(head),
        },
        Ask::Detail { run, detail } => Request::Detail { run, detail },
        Ask::Generate { run, request } => Request::Generate {
            run,
            prompt: request.prompt,
            max_tokens: request.max_tokens,
            sampling: request.sampling,
            edits: request.edits,
        },
        Ask::Cancel { run } => Request::Cancel { run },
        Ask::Inject(fault) => Request::Inject { fault },
    }
}

fn message(event: Event) -> Result<Message, PatternError> {
    Ok(match event {
        Event::Booted { .. } => Message::Booted,
        Event::Alive => Message::Alive,
        // The page shows no progress of its own for these yet; they are a sign of life.
        Event::Heartbeat | Event::Progress { .. } => Message::Heartbeat,
        Event::LoadProgress {
            run,
            loaded_bytes,
            total_bytes,
        } => Message::LoadProgress {
            run,
            loaded_bytes,
            total_bytes,
        },
        Event::Token { run, token } => Message::Token {
            run,
            token: WeightedToken {
                id: token.id,
                text: token.text,
                prob: token.prob,
            },
        },
        Event::Done { run, response } => done(run, response)?,
        Event::Failed { run, error } => {
            let blame = match error.kind {
                engine::ErrorKind::Input => view::Blame::Input,
                engine::ErrorKind::Device => view::Blame::Device,
                engine::ErrorKind::Internal => view::Blame::Internal,
            };
            if blame == view::Blame::Device {
                // The page says in its own words that the device has failed.
                warn!("{}", error.message);
            }
            Message::Failed {
                run,
                blame,
                message: error.message,
                fitting: error.fitting,
            }
        }
        Event::Cancelled { run } => Message::Cancelled { run },
    })
}

fn done(run: engine::RunId, response: Response) -> Result<Message, PatternError> {
    Ok(match response {
        Response::Loaded(model) => Message::Loaded { run, model },
        Response::Run(mut answer) => {
            let head = answer.pattern.take();
            Message::Ran {
                run,
                pattern: head.map(Pattern::try_from).transpose()?,
                answer: answer.into(),
            }
        }
        Response::Pattern(head) => Message::Pattern {
            run,
            pattern: Pattern::try_from(head)?,
        },
        Response::Found(finding) => Message::Found { run, finding },
        Response::Generated { stopped, .. } => Message::Generated {
            run,
            end: match stopped {
                engine::StopReason::End => view::GenerationEnd::EndToken,
                engine::StopReason::MaxTokens => view::GenerationEnd::MaxTokens,
                engine::StopReason::Context => view::GenerationEnd::Context,
            },
        },
    })
}

const fn head_ref(Head { layer, head }: Head) -> engine::HeadRef {
    engine::HeadRef { layer, head }
}
