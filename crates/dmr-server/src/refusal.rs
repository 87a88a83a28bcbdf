//! A problem as an answer (RFC 9457).

use crate::answer::Answer;
use dmr::core::{Code, Problem};
use http::StatusCode;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};

/// Seconds a caller is asked to wait where the problem does not know better.
const WAIT: u32 = 1;

/// A problem as an answer, with the headers its status asks for.
pub fn refuse(problem: &Problem) -> Answer {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let answer = Answer::of(status, dmr_api::media::PROBLEM, problem.to_json().to_string());
    match status {
        StatusCode::UNAUTHORIZED => match problem.code {
            Code::CredentialInvalid => answer.with(WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#),
            _ => answer.with(WWW_AUTHENTICATE, "Bearer"),
        },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            answer.with(RETRY_AFTER, problem.retry_after.unwrap_or(WAIT).to_string())
        }
        _ => answer,
    }
}

/// What an asker without a credential is told where something is unknown to it or not allowed: the same text for what exists and what
/// does not.
pub fn ask_for_credential(problem: Problem) -> Problem {
    match problem.code {
        Code::RouteUnknown => problem,
        _ if matches!(problem.status(), 401 | 403 | 404) => credential_missing(),
        _ => problem,
    }
}

/// Asks for a credential.
pub fn credential_missing() -> Problem {
    Problem::new(Code::CredentialMissing, "a credential is needed").suggest("Authorization: Bearer <key>")
}
