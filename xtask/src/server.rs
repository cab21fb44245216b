//! A static server for this machine only: the right types, copies and headers.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, HeaderName, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::headers;

/// How many ports are tried when the wanted one is taken.
const PORTS_TRIED: u16 = 50;

/// Takes `port` on the loopback address, or the next free one; 0 is any free port.
pub(crate) async fn listen(port: u16) -> Result<TcpListener> {
    let mut candidate = port;
    loop {
        let error = match TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], candidate))).await {
            Ok(listener) => return Ok(listener),
            Err(error) => error,
        };
        match candidate.checked_add(1) {
            Some(next) if next - port < PORTS_TRIED => candidate = next,
            _ => {
                return Err(error).with_context(|| {
                    format!("no port between {port} and {candidate} can be opened")
                });
            }
        }
    }
}

/// Serves `folder` until the process ends.
pub(crate) async fn serve(listener: TcpListener, folder: &Path) -> Result<()> {
    let files = ServeDir::new(folder)
        .precompressed_br()
        .precompressed_gzip();
    let app = Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn(answer));
    axum::serve(listener, app)
        .await
        .context("the server stopped")
}

/// Adds the headers to every answer, also to refusals.
async fn answer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    // A file that is missing now may be there later.
    let cache = match response.status() {
        StatusCode::NOT_FOUND => "no-cache",
        _ => headers::cache_control(&path),
    };
    let answer = response.headers_mut();
    for (name, value) in headers::ALWAYS {
        answer.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}
