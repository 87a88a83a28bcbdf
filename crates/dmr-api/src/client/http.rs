//! Over HTTP.

use super::body::Body;
use super::{Sending, Transport};
use dmr_core::{Code, Problem};
use http::{HeaderValue, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;

/// A server at an address; connections are kept.
pub struct Http {
    address: String,
    host: HeaderValue,
    client: Client<HttpConnector, Body>,
}

impl Http {
    /// A server at `http://host:port`.
    ///
    /// # Errors
    /// `parameter.value` when the address is not one, `behaviour.unavailable` when it is `https`.
    pub fn new(address: &str) -> Result<Self, Problem> {
        let address = address.trim_end_matches('/');
        let uri: Uri = address.parse().map_err(|_| bad_address(address))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                let detail = "this client speaks http only; put a proxy that speaks https in front, or go to the server itself";
                return Err(Problem::new(Code::BehaviourUnavailable, detail));
            }
            _ => return Err(bad_address(address)),
        }
        let authority = uri.authority().filter(|_| matches!(uri.path(), "" | "/")).ok_or_else(|| bad_address(address))?;
        let host = HeaderValue::from_str(authority.as_str()).map_err(|_| bad_address(address))?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(10)));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { address: address.to_owned(), host, client })
    }
}

impl Transport for Http {
    fn send(&self, mut request: http::Request<Body>) -> Sending<'_> {
        Box::pin(async move {
            let target = format!("{}{}", self.address, request.uri());
            *request.uri_mut() = target.parse().map_err(|_| bad_address(&target))?;
            request.headers_mut().entry("host").or_insert_with(|| self.host.clone());
            let answer = self.client.request(request).await.map_err(|fault| self.unreachable(&fault))?;
            Ok(answer.map(Body::new))
        })
    }
}

impl Http {
    fn unreachable(&self, fault: &hyper_util::client::legacy::Error) -> Problem {
        let mut reason = fault.to_string();
        let mut source = std::error::Error::source(fault);
        while let Some(inner) = source {
            reason = inner.to_string();
            source = inner.source();
        }
        Problem::new(Code::ServerUnreachable, format!("{} does not answer: {reason}", self.address))
    }
}

fn bad_address(address: &str) -> Problem {
    Problem::new(Code::ParameterValue, format!("`{address}` is not an address")).suggest("http://127.0.0.1:8000")
}
