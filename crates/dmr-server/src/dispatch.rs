//! The one way through: host, address, who asks, the route, and what every answer has.

use crate::answer::{Answer, Content};
use crate::app::App;
use crate::body::Incoming;
use crate::call::Call;
use crate::find::{Place, allowed};
use crate::in_process::Asked;
use crate::refusal;
use crate::route::{Access, Method, Route, Running};
use crate::telling;
use bytes::Bytes;
use dmr::Trace;
use dmr::core::principal::{Asker, Right};
use dmr::core::record::PrincipalId;
use dmr::core::{Code, Problem};
use dmr_api::media;
use http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, HOST, HeaderName, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

/// The longest address, in bytes.
const LONGEST_URL: usize = 16 * 1024;

static DEBUG_TRACE: HeaderName = HeaderName::from_static(media::DEBUG_TRACE);
static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
static REQUEST_ID: HeaderName = HeaderName::from_static(media::REQUEST_ID);

/// Begins to answer a request. Whatever goes wrong is a problem document.
pub fn dispatch(app: &Arc<App>, request: Request<Incoming>) -> Dispatching {
    let began = Instant::now();
    app.metrics.began();
    let (head, body) = request.into_parts();
    let mut trail = Trail::of(app, &head, began);
    let step = match prepare(app, head, body, &mut trail) {
        Ok((route, call)) => Step::Running((route.run)(call)),
        Err(answer) => Step::Refused(answer),
    };
    Dispatching { app: app.clone(), trail, step }
}

/// An answer that is being made.
pub struct Dispatching {
    app: Arc<App>,
    trail: Trail,
    step: Step,
}

enum Step {
    Running(Running),
    Refused(Box<Answer>),
    Done,
}

impl Future for Dispatching {
    type Output = Response<Content>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response<Content>> {
        let anonymous = self.trail.by == Some(PrincipalId::ANONYMOUS);
        let answer = match &mut self.step {
            Step::Running(running) => match ready!(running.as_mut().poll(cx)) {
                Ok(answer) => answer,
                Err(problem) => {
                    telling::failed(&self.trail, &problem);
                    refusal::refuse(&if anonymous { refusal::ask_for_credential(problem) } else { problem })
                }
            },
            Step::Refused(_) | Step::Done => match std::mem::replace(&mut self.step, Step::Done) {
                Step::Refused(answer) => *answer,
                Step::Running(_) | Step::Done => return Poll::Pending,
            },
        };
        self.step = Step::Done;
        Poll::Ready(finish(&self.app, &self.trail, answer))
    }
}

impl Drop for Dispatching {
    fn drop(&mut self) {
        self.app.metrics.ended();
    }
}

/// What of a request is still needed when its answer leaves.
pub struct Trail {
    pub id: HeaderValue,
    pub began: Instant,
    pub method: http::Method,
    /// Where it leads.
    pub route: Option<&'static Route>,
    /// Who asks, once that is known.
    pub by: Option<PrincipalId>,
    /// How long its steps take, where anybody wants to know.
    pub trace: Option<Arc<Trace>>,
    /// Whether the asker is told of them.
    tells: bool,
    /// Whether only the head of the answer is wanted.
    head_only: bool,
    /// What the caller takes compressed.
    accepts: Option<HeaderValue>,
}

impl Trail {
    fn of(app: &App, head: &Parts, began: Instant) -> Self {
        Self {
            began,
            method: head.method.clone(),
            route: None,
            by: None,
            trace: None,
            tells: false,
            id: app.request_ids.name(head.headers.get(&REQUEST_ID)),
            head_only: head.method == http::Method::HEAD,
            accepts: head.headers.get(http::header::ACCEPT_ENCODING).cloned(),
        }
    }
}

/// Adds what every answer has, compresses where that is asked for and worth it, and leaves out the body of a `HEAD`.
fn finish(app: &App, trail: &Trail, answer: Answer) -> Response<Content> {
    app.metrics.answered(trail.route, answer.status, trail.began.elapsed());
    telling::answered(trail, answer.status, app.debugs());
    let mut answer = match &trail.accepts {
        Some(accepts) => crate::compress::compress(answer, accepts),
        None => answer,
    };
    answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.headers.insert(VARY, HeaderValue::from_static("Authorization, Accept, Accept-Encoding"));
    answer.headers.insert(&REQUEST_ID, trail.id.clone());
    if let Some(trace) = trail.trace.as_ref().filter(|_| trail.tells) {
        answer = answer.with(SERVER_TIMING.clone(), telling::server_timing(trace));
    }
    if app.is_closing() {
        answer.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if trail.head_only {
        if let Content::Whole(body) = &answer.content {
            answer.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        answer.content = Content::Whole(Bytes::new());
    }
    let mut response = Response::new(answer.content);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

fn prepare(app: &Arc<App>, mut head: Parts, body: Incoming, trail: &mut Trail) -> Result<(&'static Route, Call), Box<Answer>> {
    let asked = head.extensions.remove::<Asked>();
    if asked.is_none() && app.loopback && !names_this_machine(&head) {
        return Err(refused(&host_refused()));
    }
    let length = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if length > LONGEST_URL {
        return Err(refused(&url_too_long(length)));
    }
    let unknown = || refused(&Problem::new(Code::RouteUnknown, "there is nothing at this address").suggest("GET /openapi.json"));
    let place = app.places.find(head.uri.path()).ok_or_else(unknown)?;
    let route = route_of(&place, &head.method)?;
    trail.route = Some(route);
    let asker = asker(app, route, asked, &head.headers).map_err(|problem| refused(&problem))?;
    trail.by = Some(asker.id);
    trail.tells =
        head.headers.get(&DEBUG_TRACE).is_some_and(|wish| wish.as_bytes().eq_ignore_ascii_case(b"true")) && asker.may(Right::Operate);
    let mut session = app.registry.session(asker).exact();
    if trail.tells || app.debugs() {
        let trace = Trace::since(trail.began);
        trace.note("authenticate", trail.began.elapsed());
        session = session.traced(trace.clone());
        trail.trace = Some(trace);
    }
    Ok((route, Call { app: app.clone(), session, route, head, spans: place.spans, body }))
}

fn refused(problem: &Problem) -> Box<Answer> {
    Box::new(refusal::refuse(problem))
}

fn url_too_long(length: usize) -> Problem {
    Problem::new(Code::UrlTooLong, format!("the address has {length} bytes; at most {LONGEST_URL} are allowed"))
        .budget("url", LONGEST_URL as u64, Some(length as u64))
        .suggest("send long conditions as a query document: POST /api/records/{model}/query")
}

fn route_of(place: &Place<'_>, method: &http::Method) -> Result<&'static Route, Box<Answer>> {
    if let Some(route) = Method::of(method).and_then(|method| place.routes[method as usize]) {
        return Ok(route);
    }
    let allow = allowed(place.routes);
    if method == http::Method::OPTIONS {
        return Err(Box::new(Answer::empty(StatusCode::NO_CONTENT).with(ALLOW, allow)));
    }
    let problem = Problem::new(Code::MethodUnknown, format!("this address takes {allow}"));
    Err(Box::new(refusal::refuse(&problem).with(ALLOW, allow)))
}

/// Who asks. A credential that is there and not valid is never the anonymous asker.
fn asker(app: &App, route: &Route, asked: Option<Asked>, headers: &HeaderMap) -> Result<Arc<Asker>, Problem> {
    if let Some(Asked(asker)) = asked {
        return Ok(asker);
    }
    match headers.get(AUTHORIZATION) {
        Some(value) if route.access == Access::Asker => {
            let key = value.to_str().ok().and_then(bearer).ok_or_else(|| {
                Problem::new(Code::CredentialInvalid, "the Authorization header is not `Bearer <key>`")
                    .suggest("Authorization: Bearer <key>")
            })?;
            if headers.get_all(AUTHORIZATION).iter().nth(1).is_some() {
                return Err(Problem::new(Code::CredentialInvalid, "there are two Authorization headers; a request has one credential"));
            }
            app.registry.authenticate(Some(key))
        }
        _ => app.registry.authenticate(None),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

fn names_this_machine(head: &Parts) -> bool {
    let host = match head.uri.host() {
        Some(host) => Some(host),
        None => head.headers.get(HOST).and_then(|host| host.to_str().ok()).map(without_port),
    };
    matches!(host, Some("127.0.0.1" | "[::1]")) || host.is_some_and(|host| host.eq_ignore_ascii_case("localhost"))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

fn host_refused() -> Problem {
    Problem::new(Code::HostRefused, "this server answers only to the names of this machine itself")
        .suggest("http://127.0.0.1, http://localhost or http://[::1]")
}
