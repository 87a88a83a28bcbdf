//! A request that found its route, as the route's code sees it.

use crate::answer::Answer;
use crate::app::App;
use crate::body::{self, Incoming};
use crate::find::Spans;
use crate::parameters::{Given, role_named};
use crate::route::{At, Parameter, Route};
use crate::{conditional, encoding, refusal};
use bytes::Bytes;
use dmr::core::query::{Parameters, read_parameters};
use dmr::core::{Code, Issue, Problem, Value, json};
use dmr::{NumberStyle, Retry, Session, Write};
use dmr_api::media;
use http::header::{ACCEPT, HeaderName, IF_MATCH};
use http::request::Parts;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static(media::IDEMPOTENCY_KEY);

/// The longest idempotency key, in bytes.
const LONGEST_KEY: usize = 255;

/// A request at its route.
pub struct Call {
    pub app: Arc<App>,
    pub session: Session,
    pub route: &'static Route,
    pub head: Parts,
    pub spans: Spans,
    pub body: Incoming,
}

impl Call {
    /// A parameter of the path, decoded, by its place among them.
    pub fn place(&self, number: usize) -> Result<Cow<'_, str>, Problem> {
        let span = &self.spans[number];
        encoding::segment(self.head.uri.path().get(span.start as usize..span.end as usize).unwrap_or_default())
    }

    /// The parameters of a route without filters.
    pub fn parameters(&self) -> Result<Given, Problem> {
        Given::read(self.head.uri.query(), self.route)
    }

    /// The parameters of a list.
    pub fn filters(&self) -> Result<Parameters, Problem> {
        self.filters_beside(&mut [])
    }

    /// The same, where the route has parameters of its own that are no filters: each is given once, and told in `own` as name and text.
    pub fn filters_beside(&self, own: &mut [(&str, Option<String>)]) -> Result<Parameters, Problem> {
        let mut pairs = self.head.uri.query().map(encoding::pairs).transpose()?.unwrap_or_default();
        let mut again = None;
        pairs.retain_mut(|(name, text)| match own.iter_mut().find(|(known, _)| known == name) {
            Some((known, given)) => {
                if given.replace(std::mem::take(text)).is_some() {
                    again = Some((*known).to_owned());
                }
                false
            }
            None => true,
        });
        if let Some(name) = again {
            return Err(Problem::one(Issue::query(name, Code::ParameterValue, "this parameter is given once")));
        }
        read_parameters(&pairs).map_err(|issues| Problem::of(issues.first().map_or(Code::ParameterValue, |first| first.code), issues))
    }

    /// Whether the answer is wanted as lines.
    pub fn wants_lines(&self) -> bool {
        self.head.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| value.contains(media::NDJSON))
    }

    /// The bytes of the body, decompressed, within the server's bound, and its media type, which is one of those the route takes.
    pub async fn bytes(&mut self) -> Result<(&'static str, Bytes), Problem> {
        let media = body::media(&self.head.headers, self.route)?;
        self.ask_early()?;
        let limit = self.app.registry.settings().server.max_body;
        let body = std::mem::replace(&mut self.body, Incoming::Read);
        Ok((media, body::read(body, &self.head.headers, limit).await?))
    }

    /// Where files come in: beside the data, on the disk that is meant for them.
    pub fn folder(&self) -> PathBuf {
        self.app.registry.directory().map_or_else(std::env::temp_dir, PathBuf::from)
    }

    /// The body as one JSON document.
    pub async fn json(&mut self) -> Result<Value, Problem> {
        let (_, bytes) = self.bytes().await?;
        Ok(json::parse(&bytes)?)
    }

    /// How numbers travel.
    pub fn numbers(given: &Given) -> Result<NumberStyle, Problem> {
        Ok(if given.word("numbers", &["number", "string"])? == Some(1) { NumberStyle::Text } else { NumberStyle::Exact })
    }

    /// What a write of records is under: precondition, retry, report, numbers.
    pub fn write(&self, given: &Given, body: &[u8]) -> Result<Write, Problem> {
        Ok(Write {
            if_version: conditional::record_version(&self.head.headers)?,
            retry: self.retry(body)?,
            report: given.word("on_error", &["stop", "report"])? == Some(1),
            numbers: Self::numbers(given)?,
        })
    }

    fn retry_key(&self) -> Result<Option<&str>, Problem> {
        let Some(key) = conditional::text(&self.head.headers, &IDEMPOTENCY_KEY)? else { return Ok(None) };
        if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(conditional::fault(media::IDEMPOTENCY_KEY, "this is a text of 1 to 255 visible characters without spaces"));
        }
        Ok(Some(key))
    }

    /// What makes a write whose body is a file safe to try again.
    pub fn retry_of_file(&self, file: &Path) -> Result<Option<Retry>, Problem> {
        let Some(key) = self.retry_key()? else { return Ok(None) };
        let uri = &self.head.uri;
        Retry::of_file(self.head.method.as_str(), uri.path(), key, uri.query().unwrap_or_default(), file).map(Some)
    }

    /// What makes this write safe to try again, where the caller asked for that.
    pub fn retry(&self, body: &[u8]) -> Result<Option<Retry>, Problem> {
        let Some(key) = self.retry_key()? else { return Ok(None) };
        let (method, path) = (self.head.method.as_str(), self.head.uri.path());
        Ok(Some(match self.head.uri.query() {
            None => Retry::new(method, path, key, body),
            // The parameters are part of what was asked.
            Some(query) => Retry::new(method, path, key, &[query.as_bytes(), b"\0", body].concat()),
        }))
    }

    /// Refuses headers that would promise what this route does not keep.
    pub fn keep_promises(&self) -> Result<(), Problem> {
        if !self.route.writes() {
            return Ok(());
        }
        for name in [&IDEMPOTENCY_KEY, &IF_MATCH] {
            let takes = |parameter: &Parameter| parameter.at == At::Header && parameter.name.eq_ignore_ascii_case(name.as_str());
            if self.head.headers.contains_key(name) && !self.route.parameters.iter().any(takes) {
                let issue = conditional::fault(name.as_str(), "this route does not take this header");
                return Err(Problem { code: Code::BehaviourUnavailable, ..issue });
            }
        }
        Ok(())
    }

    /// Points to credentials where a list was filtered by a role (P7).
    pub fn explain_roles(problem: Problem) -> Problem {
        match problem.errors.iter().position(|issue| issue.pointer == "user_role") {
            Some(at) => {
                let mut problem = problem;
                let code = problem.errors[at].code;
                problem.errors[at] = role_named("user_role", code);
                problem.detail.clone_from(&problem.errors[at].message);
                problem
            }
            None => problem,
        }
    }

    /// Asks someone without a credential, and without any right that a body could serve, for one before the body is read.
    pub fn ask_early(&self) -> Result<(), Problem> {
        let asker = self.session.asker();
        if !asker.is_anonymous() || !asker.rights.is_empty() {
            return Ok(());
        }
        let knows = match self.route.places().next() {
            Some("model") => self.session.seen_model(&self.place(0)?).is_ok(),
            _ => !self.session.seen_models().is_empty(),
        };
        if knows { Ok(()) } else { Err(refusal::credential_missing()) }
    }
}

/// Makes a route's code what the table holds: the body of every `run`.
pub(crate) fn run<F, C>(call: Call, code: C) -> crate::route::Running
where
    C: FnOnce(Call) -> F + Send + 'static,
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    Box::pin(async move {
        call.keep_promises()?;
        code(call).await
    })
}
