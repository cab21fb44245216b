//! Reading a file of the site, piece by piece.

use headlight_engine::FetchError;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Response};

/// Refuse files beyond what a 32-bit memory can hold beside anything else.
const MAX_BYTES: usize = 1 << 30;

/// What a server answers for a file that does not exist, or no longer.
const ABSENT: [u16; 2] = [404, 410];

/// Reads `path`, relative to the worker's own script, whole.
///
/// # Errors
///
/// Returns an error if the file cannot be had.
pub(crate) async fn fetch(
    scope: &DedicatedWorkerGlobalScope,
    path: &str,
    progress: impl FnMut(u64, Option<u64>),
) -> Result<Vec<u8>, FetchError> {
    let failed = |reason| FetchError {
        path: path.to_owned(),
        is_absent: false,
        reason,
    };
    let base = scope.location().href();
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let url = format!("{folder}/{path}");
    let response = JsFuture::from(scope.fetch_with_str(&url)).await;
    let response = response.map_err(|error| failed(reason(&error)))?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        let status = response.status();
        return Err(FetchError {
            is_absent: ABSENT.contains(&status),
            ..failed(format!("the server answered {status}"))
        });
    }
    body(&response, progress).await.map_err(failed)
}

async fn body(
    response: &Response,
    mut progress: impl FnMut(u64, Option<u64>),
) -> Result<Vec<u8>, String> {
    let total = total_bytes(response);
    let body = response.body().ok_or("the answer is empty")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    // What arrives decides how much is held, not what a header claims.
    let mut bytes = Vec::new();
    progress(0, total);
    while let Some(chunk) = next_chunk(&reader).await? {
        let start = bytes.len();
        let end = start + chunk.length() as usize;
        if end > MAX_BYTES {
            return Err(format!("it is larger than {MAX_BYTES} bytes"));
        }
        bytes.resize(end, 0);
        chunk.copy_to(&mut bytes[start..]);
        progress(end as u64, total);
    }
    Ok(bytes)
}

/// The length the server states, unless it is that of a compressed body.
fn total_bytes(response: &Response) -> Option<u64> {
    let header = |name| response.headers().get(name).ok().flatten();
    if header("content-encoding").is_some() {
        return None;
    }
    header("content-length")?.parse().ok()
}

async fn next_chunk(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, String> {
    let result = JsFuture::from(reader.read())
        .await
        .map_err(|error| reason(&error))?;
    let get = |key: &str| Reflect::get(&result, &key.into()).map_err(|error| reason(&error));
    if get("done")?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(get("value")?.unchecked_into()))
}

fn reason(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into())
        .ok()
        .and_then(|m| m.as_string());
    message.unwrap_or_else(|| "the connection failed".to_owned())
}
