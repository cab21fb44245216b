//! A static server for this machine only: the right types, copies and headers.
//!
//! Any page that a person has open can send requests to this machine, and a name that
//! its owner points at 127.0.0.1 makes them requests to that page's own origin. So only
//! requests that name this machine are answered, and only with plain files of the
//! folder: no hidden ones, nothing behind a link, no list of a folder.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderName, VARY};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::headers;

/// Number of ports that are tried when the wanted one is taken.
const PORTS_TRIED: u16 = 50;

/// What this machine calls itself; [`listen`] takes no other address.
const OWN_NAMES: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

/// The document that stands for the folder itself.
const DOCUMENT: &str = "index.html";

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

/// Serves `folder` until the process ends, with `more` headers on every answer.
pub(crate) async fn serve(
    listener: TcpListener,
    folder: &Path,
    more: &'static [(&'static str, &'static str)],
) -> Result<()> {
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let folder: Arc<Path> = folder.into();
    let app = Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn(move |request, next| {
            let folder = Arc::clone(&folder);
            async move { with_headers(admit(request, next, &folder).await, more) }
        }));
    axum::serve(listener, app)
        .await
        .context("the server stopped")
}

/// An answer, and the path that was asked for.
struct Answer {
    path: String,
    response: Response,
}

/// Lets a request for a plain file of the folder through to it, and refuses others.
async fn admit(mut request: Request, next: Next, folder: &Path) -> Answer {
    let path = request.uri().path().to_owned();
    let response = if let Some(host) = foreign_host(&request) {
        let names = OWN_NAMES.join(", ");
        let sentence = format!("the host is {host:?}, expected one of {names}\n");
        refusal(StatusCode::MISDIRECTED_REQUEST, sentence)
    } else if plain_name(&path).is_some_and(|name| !is_linked(folder, name)) {
        if path == "/" {
            *request.uri_mut() = Uri::from_static("/index.html");
        }
        next.run(request).await
    } else {
        let sentence = format!("{path:?} names no file of this page\n");
        refusal(StatusCode::NOT_FOUND, sentence)
    };
    Answer { path, response }
}

fn refusal(status: StatusCode, sentence: String) -> Response {
    let mut response = Response::new(Body::from(sentence));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

/// The first host that a request is meant for and that is not this machine; empty where
/// it names none.
fn foreign_host(request: &Request) -> Option<String> {
    let hosts = request.headers().get_all(HOST).iter();
    let mut hosts: Vec<String> = hosts
        .map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned())
        .collect();
    hosts.extend(request.uri().authority().map(ToString::to_string));
    if hosts.is_empty() {
        return Some(String::new());
    }
    hosts.into_iter().find(|host| !is_own(host))
}

/// Whether a host, with or without a port, is this machine by one of its own names.
///
/// Any port will do: it may be forwarded, and a name that is not ours stays one.
fn is_own(host: &str) -> bool {
    OWN_NAMES.iter().any(|name| {
        let start = host.get(..name.len()).unwrap_or_default();
        let port = host.get(name.len()..).unwrap_or_default();
        let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
        start.eq_ignore_ascii_case(name)
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
    })
}

/// The name of a file as the build writes them, which need no escapes; `None` for any
/// other path, hidden files and folders among them.
fn plain_name(path: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain);
    let name = match path.strip_prefix('/')? {
        "" => DOCUMENT,
        name => name,
    };
    name.split('/').all(is_part).then_some(name)
}

/// Whether the file, a folder on the way to it, or a compressed copy is a symbolic link.
fn is_linked(folder: &Path, name: &str) -> bool {
    let is_link = |name: &str| {
        let found = fs::symlink_metadata(folder.join(name));
        found.is_ok_and(|found| found.is_symlink())
    };
    let ends = name.match_indices('/').map(|(end, _)| end);
    ends.chain([name.len()]).any(|end| is_link(&name[..end]))
        || [".br", ".gz"]
            .iter()
            .any(|copy| is_link(&format!("{name}{copy}")))
}

/// Adds the headers to every answer, also to refusals.
fn with_headers(
    Answer { path, mut response }: Answer,
    more: &'static [(&'static str, &'static str)],
) -> Response {
    // A file that is missing now may be there later.
    let cache = if response.status().is_client_error() {
        "no-cache"
    } else {
        headers::cache_control(&path)
    };
    let answer = response.headers_mut();
    for (name, value) in headers::for_path(&path).chain(more) {
        answer.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::path::PathBuf;

    use super::*;

    /// A folder like a built page, served until the test ends.
    struct Site {
        folder: PathBuf,
        address: SocketAddr,
        _runtime: tokio::runtime::Runtime,
    }

    impl Drop for Site {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.folder).unwrap();
        }
    }

    impl Site {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("headlight-site-{name}-{}", std::process::id()));
            for (file, text) in [
                ("index.html", "the page"),
                ("models/index.json", "[]"),
                (".env", "secret"),
                (".git/config", "secret"),
                ("models/.hidden/config.json", "secret"),
            ] {
                let file = folder.join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
            }
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap();
            let listener = runtime.block_on(listen(0)).unwrap();
            let address = listener.local_addr().unwrap();
            let served = folder.clone();
            runtime.spawn(async move { serve(listener, &served, &[]).await });
            Self {
                folder,
                address,
                _runtime: runtime,
            }
        }

        /// The whole answer to these lines of a request.
        fn answer(&self, request: &str) -> String {
            let mut stream = TcpStream::connect(self.address).unwrap();
            let request = format!("{request}\r\nConnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        }

        fn get(&self, path: &str) -> String {
            self.answer(&format!("GET {path} HTTP/1.1\r\nHost: {}", self.address))
        }
    }

    fn status(answer: &str) -> &str {
        answer.split(' ').nth(1).unwrap_or_default()
    }

    fn body(answer: &str) -> &str {
        answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    #[test]
    fn the_page_is_served_by_each_name_of_this_machine() {
        let site = Site::new("names");
        for host in [
            &site.address.to_string(),
            "localhost",
            "LocalHost:9000",
            "127.0.0.1",
            "[::1]:8080",
        ] {
            let answer = site.answer(&format!("GET / HTTP/1.1\r\nHost: {host}"));
            assert_eq!(
                (status(&answer), body(&answer)),
                ("200", "the page"),
                "{host}"
            );
        }
    }

    #[test]
    fn a_name_that_is_pointed_at_this_machine_gets_nothing() {
        let site = Site::new("rebound");
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1:80.evil.example",
            "localhost:80@evil.example",
            "evil.example\r\nHost: localhost",
            "localhost\r\nHost: evil.example",
            "",
        ] {
            for path in ["/", "/models/index.json"] {
                let answer = site.answer(&format!("GET {path} HTTP/1.1\r\nHost: {host}"));
                assert!(
                    matches!(status(&answer), "421" | "400"),
                    "{host:?}: {answer}"
                );
                assert!(!body(&answer).contains("the page"), "{host:?}");
            }
        }
        let answer = site.answer("GET http://evil.example/ HTTP/1.1\r\nHost: localhost");
        assert_eq!(status(&answer), "421", "{answer}");
        let answer = site.answer("GET / HTTP/1.0");
        assert_eq!(status(&answer), "421", "{answer}");
        let sentence = "the host is \"\", expected one of localhost, 127.0.0.1, [::1]\n";
        assert_eq!(body(&answer), sentence);
    }

    #[test]
    fn hidden_files_and_odd_paths_are_not_there() {
        let site = Site::new("hidden");
        assert_eq!(body(&site.get("/models/index.json")), "[]");
        for path in [
            "/.env",
            "/.git/config",
            "/%2eenv",
            "/models/.hidden/config.json",
            "/models/../.env",
            "/models/..%2f.env",
            "/models",
            "/models/",
            "/no-such-file",
        ] {
            let answer = site.get(path);
            assert_eq!(status(&answer), "404", "{path}: {answer}");
            assert!(!answer.contains("secret"), "{path}");
        }
    }

    #[test]
    fn no_path_leads_to_another_host() {
        let site = Site::new("elsewhere");
        for path in [
            "//models",
            "//models/",
            "//evil.example",
            "/models//",
            "/\\evil.example",
        ] {
            let answer = site.get(path);
            assert!(matches!(status(&answer), "404" | "400"), "{path}: {answer}");
            assert!(
                !answer.to_lowercase().contains("\r\nlocation:"),
                "{path}: {answer}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_lies_behind_a_link_is_not_served() {
        use std::os::unix::fs::symlink;
        let site = Site::new("linked");
        let at = |name: &str| site.folder.join(name);
        symlink(at(".env"), at("file.txt")).unwrap();
        symlink(at(".git"), at("folder")).unwrap();
        symlink(at(".env"), at("index.html.br")).unwrap();
        for path in ["/file.txt", "/folder/config"] {
            assert_eq!(status(&site.get(path)), "404", "{path}");
        }
        let lines = format!("Host: {}\r\nAccept-Encoding: br", site.address);
        let answer = site.answer(&format!("GET / HTTP/1.1\r\n{lines}"));
        assert!(!answer.contains("secret"), "{answer}");
    }

    #[test]
    fn every_answer_says_who_may_frame_it_and_refusals_are_not_kept() {
        let site = Site::new("headers");
        let foreign = site.answer("GET / HTTP/1.1\r\nHost: evil.example");
        for answer in [site.get("/"), site.get("/no-such-file"), foreign] {
            let answer = answer.to_lowercase();
            assert!(answer.contains("frame-ancestors 'self'"), "{answer}");
            assert!(
                answer.contains("cross-origin-opener-policy: same-origin"),
                "{answer}"
            );
            assert!(answer.contains("cache-control: no-cache"), "{answer}");
        }
    }
}
