//! Lists longer than a page: page after page by cursor.

use crate::call::{Call, items};
use dmr::{Problem, Value};
use dmr_api::client::Request;

/// How much of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A page as the server cuts it.
    Page,
    /// So many items.
    Number(usize),
    /// Everything.
    All,
}

impl Wanted {
    /// From `--limit` and `--all`.
    pub fn of(limit: Option<usize>, all: bool) -> Self {
        match (all, limit) {
            (true, _) => Self::All,
            (false, Some(limit)) => Self::Number(limit),
            (false, None) => Self::Page,
        }
    }
}

/// A list as it is read: one page, then the next.
pub struct Pages<'c> {
    call: &'c Call<'c>,
    path: String,
    query: Vec<(String, String)>,
    left: Option<usize>,
    whole: bool,
    cursor: Option<String>,
    done: bool,
}

impl<'c> Pages<'c> {
    /// A list at a path. `query` holds neither `limit` nor `cursor`.
    pub fn new(call: &'c Call<'c>, path: String, query: Vec<(String, String)>, wanted: Wanted, cursor: Option<String>) -> Self {
        let left = match wanted {
            Wanted::Number(number) => Some(number),
            Wanted::Page | Wanted::All => None,
        };
        Self { call, path, query, left, whole: wanted == Wanted::All, cursor, done: false }
    }

    /// The next page as the server answered it; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Value>, Problem> {
        if self.done {
            return Ok(None);
        }
        let most = self.call.settings.records.max_page_size;
        let limit = if self.whole { Some(most) } else { self.left.map(|left| left.min(most)) };
        let mut request = Request::get(&self.path);
        for (name, value) in &self.query {
            request = request.query(name, value);
        }
        if let Some(limit) = limit {
            request = request.query("limit", limit.to_string());
        }
        if let Some(cursor) = &self.cursor {
            request = request.query("cursor", cursor);
        }
        let page = self.call.send(request).await?.json()?;
        self.cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
        self.left = self.left.map(|left| left.saturating_sub(items(&page).len()));
        self.done = self.cursor.is_none() || !(self.whole || self.left.is_some_and(|left| left > 0));
        // The total is the same on every page: it is asked for once.
        self.query.retain(|(name, _)| name != "count");
        Ok(Some(page))
    }

    /// All that is wanted as one answer `{items, next, count?}`.
    pub async fn together(mut self) -> Result<Value, Problem> {
        let Some(mut all) = self.next().await? else {
            return Ok(Value::Null);
        };
        while let Some(mut page) = self.next().await? {
            let more = page.get_mut("items").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
            if let Some(items) = all.get_mut("items").and_then(Value::as_array_mut) {
                items.extend(more);
            }
            if let (Some(next), Some(last)) = (page.get_mut("next"), all.get_mut("next")) {
                *last = next.take();
            }
        }
        Ok(all)
    }
}
