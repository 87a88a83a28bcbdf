//! A problem as a person at a terminal reads it: code, what is wrong, where, what to do.

use super::cell::plain;
use crate::failure::Failure;
use dmr::{Issue, Place};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::fmt::{self, Display};
use std::io::IsTerminal;

/// Draws it for the terminal that standard error is, or plainly.
pub fn draw(failure: &Failure) -> String {
    let colored = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let theme = if colored { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(columns()).with_links(false);
    let mut out = String::new();
    let told = Told::of(failure);
    match handler.render_report(&mut out, &told) {
        Ok(()) => out.trim_end().to_owned(),
        Err(_) => told.to_string(),
    }
}

fn columns() -> usize {
    terminal_size::terminal_size_of(std::io::stderr()).map_or(120, |(width, _)| usize::from(width.0))
}

#[derive(Debug)]
struct Told {
    code: &'static str,
    message: String,
    help: Option<String>,
    expression: Option<(String, usize)>,
}

impl Told {
    fn of(failure: &Failure) -> Self {
        let Some(problem) = failure.problem() else {
            return Self { code: "", message: String::new(), help: None, expression: None };
        };
        let mut message = if problem.errors.len() > 1 { problem.code.title().to_owned() } else { plain(&problem.detail) };
        // One issue is in the sentence already; its place may not be.
        let single = problem.errors.len() == 1 && problem.errors[0].message == problem.detail;
        if single && let Some(place) = place(&problem.errors[0]).filter(|place| !message.contains(place)) {
            message = format!("{}: {message}", plain(place));
        }
        if !single {
            for issue in &problem.errors {
                message.push_str("\n  ");
                message.push_str(&line(issue));
            }
        }
        if problem.more > 0 {
            message.push_str(&format!("\n  and {} more", problem.more));
        }
        let mut help: Vec<String> = problem.suggestions.iter().map(|text| plain(text)).collect();
        if single {
            help.extend(problem.errors[0].suggestions.iter().map(|text| plain(text)));
        }
        if let Some(budget) = &problem.budget {
            message.push_str(&format!("\n  {} allows {}", budget.limit, budget.allowed));
        }
        if let Some(seconds) = problem.retry_after {
            help.push(format!("try again in {seconds} s"));
        }
        let expression = match failure {
            Failure::Expression(misread) => Some(around(&misread.text, misread.at)),
            _ => None,
        };
        Self { code: problem.code.as_str(), message, help: (!help.is_empty()).then(|| help.join("\n")), expression }
    }
}

/// So much of a text as fits beside a place in it, and where the place is in that.
fn around(text: &str, at: usize) -> (String, usize) {
    const SHOWN: usize = 200;
    let whole = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (from, to) = (whole(at.saturating_sub(SHOWN)), whole(at + SHOWN));
    let (before, after) = (if from > 0 { "..." } else { "" }, if to < text.len() { "..." } else { "" });
    let shown = text.get(from..to).unwrap_or_default();
    (format!("{before}{shown}{after}"), before.len() + at.saturating_sub(from))
}

fn place(issue: &Issue) -> Option<&str> {
    (!issue.pointer.is_empty() && issue.place != Place::Header).then_some(issue.pointer.as_str())
}

fn line(issue: &Issue) -> String {
    let mut line = match place(issue).filter(|place| !issue.message.contains(place)) {
        Some(place) => format!("{}: {}", plain(place), plain(&issue.message)),
        None => plain(&issue.message),
    };
    if let Some(value) = &issue.value {
        line.push_str(&format!(" (given: {})", plain(&value.to_string())));
    }
    if !issue.suggestions.is_empty() {
        line.push_str(&format!(" [{}]", plain(&issue.suggestions.join(", "))));
    }
    line
}

impl Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Told {}

impl Diagnostic for Told {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.expression.as_ref().map(|(text, _)| text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, at) = self.expression.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".to_owned()), *at, 0))))
    }
}
