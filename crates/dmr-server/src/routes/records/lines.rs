//! A list as lines. Where no limit was asked for, the pages follow one another, each a read of its own: nothing is held between them.
//! Where one was, a link leads to the next page.

use crate::answer::{Answer, Broken};
use crate::routes::next_link;
use bytes::Bytes;
use dmr::core::{Problem, Value};
use dmr::{NumberStyle, Page, Parameters, Session};
use dmr_api::media;
use futures_util::stream;
use http::Uri;

/// A list by the parameters of an address; `most` is what a page holds at most.
pub async fn of_list(session: Session, model: String, mut parameters: Parameters, most: usize, uri: &Uri) -> Result<Answer, Problem> {
    let whole = parameters.document.limit.is_none() && parameters.document.page.is_none();
    if whole {
        parameters.document.limit = Some(most);
    }
    let first = session.list(&model, parameters.clone()).await?;
    let link = next_link(uri, first.next.as_deref().filter(|_| !whole));
    let answer = follow(first, whole, move |cursor| {
        let mut parameters = parameters.clone();
        parameters.document.cursor = Some(cursor);
        session.list(&model, parameters)
    });
    Ok(match link {
        Some(link) => answer.with(http::header::LINK, link),
        None => answer,
    })
}

/// A list by a query document; `most` is what a page holds at most.
pub async fn of_query(session: Session, model: String, mut document: Value, numbers: NumberStyle, most: usize) -> Result<Answer, Problem> {
    let whole = document.get("limit").is_none();
    if let (true, Some(members)) = (whole, document.as_object_mut()) {
        members.insert("limit".to_owned(), most.into());
    }
    let first = session.query(&model, &document, numbers).await?;
    Ok(follow(first, whole, move |cursor| {
        let mut document = document.clone();
        if let Some(members) = document.as_object_mut() {
            members.insert("cursor".to_owned(), cursor.into());
        }
        session.query(&model, &document, numbers)
    }))
}

/// A page that is all there is to send.
pub fn of_page(page: Page) -> Answer {
    follow(page, false, |_| dmr::Pending::ready(Ok(Page::default())))
}

struct Pages<N> {
    page: Option<Page>,
    sent: usize,
    whole: bool,
    next: N,
}

fn follow<N>(first: Page, whole: bool, next: N) -> Answer
where
    N: Fn(String) -> dmr::Pending<Page> + Send + 'static,
{
    let pages = Pages { page: Some(first), sent: 0, whole, next };
    Answer::pieces(media::NDJSON, Box::pin(stream::unfold(pages, piece)))
}

async fn piece<N: Fn(String) -> dmr::Pending<Page>>(mut pages: Pages<N>) -> Option<(Result<Bytes, Broken>, Pages<N>)> {
    let page = pages.page.take()?;
    let mut text = Vec::new();
    page.write_lines(&mut text);
    pages.sent += page.items.len();
    match page.next.filter(|_| pages.whole) {
        None => text.extend_from_slice(format!("{{\"count\":{}}}\n", pages.sent).as_bytes()),
        Some(cursor) => match (pages.next)(cursor).await {
            Ok(page) => pages.page = Some(page),
            Err(problem) => text.extend_from_slice(format!("{{\"problem\":{}}}\n", problem.to_json()).as_bytes()),
        },
    }
    Some((Ok(Bytes::from(text)), pages))
}
