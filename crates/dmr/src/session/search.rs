//! Full-text search (R3): what the asker sees of the fields and records it may see, ranked by that alone.

use super::Session;
use super::expand::{Expansion, Followed};
use crate::cursor::Position;
use crate::page::Page;
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::command::missing;
use dmr_core::gate::{Check, Guard, NumberStyle, Rendering, Selection, write_record};
use dmr_core::permission::Operation;
use dmr_core::query::Expand;
use dmr_core::record::Record;
use dmr_core::search::{Hits, Probe, Question, Score, SearchField, hits};
use dmr_core::{Code, Issue, Problem, json};
use dmr_store::{Reader, Search};
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::time::Instant;

/// How many records go by between two looks at the clock.
const LOOK_EVERY: u64 = 256;

/// What is searched for, and how it is answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchFor {
    /// Words, all of which have to be there; `"a phrase"`; `pre*`.
    pub q: String,
    /// In which SEARCHABLE fields, each a path of names; none: in all that the asker sees.
    pub within: Option<Vec<Vec<String>>>,
    /// Which fields a record of the answer shows; none: all.
    pub fields: Option<Vec<Vec<String>>>,
    /// What is shown beside each record of what it refers to.
    pub expand: Vec<Expand>,
    /// At most so many; none: the setting `search.limit`.
    pub limit: Option<usize>,
    /// Where it goes on: `next` of the page before.
    pub cursor: Option<String>,
    /// How numbers travel.
    pub numbers: NumberStyle,
}

impl SearchFor {
    /// A search for words.
    pub fn new(q: impl Into<String>) -> Self {
        Self { q: q.into(), ..Self::default() }
    }
}

impl Session {
    /// Searches the records of a model (R3). Items are `{record, score, highlights: {field: [[from, to]]}}`, best first: `from` and `to`
    /// count characters (Unicode code points); the texts of a list stand under `tags.0`, `tags.1`. Runs on the reader threads.
    ///
    /// # Errors
    /// [`Code::SearchQuestion`], [`Code::SearchField`], [`Code::FilterField`], [`Code::CursorInvalid`], [`Code::ScanBudget`].
    pub fn search(&self, model: &str, search: &SearchFor) -> Pending<Page> {
        self.pending(|session| {
            let of = session.model_for(model, Operation::List)?;
            let searching = Searching::prepare(session.clone(), of, search)?;
            session.apart(move |_| searching.run())
        })
    }
}

/// A search, bound to its asker.
struct Searching {
    session: Session,
    of: SeenModel,
    scope: Guard,
    question: Question,
    fields: Vec<SearchField>,
    selection: Option<Selection>,
    expansion: Option<Expansion>,
    limit: usize,
    after: Option<Position>,
    /// What a cursor belongs to.
    seal: Vec<u8>,
    numbers: NumberStyle,
}

impl Searching {
    fn prepare(session: Session, of: SeenModel, search: &SearchFor) -> Result<Self, Problem> {
        let mut issues = Vec::new();
        let question = Question::read(&search.q, "q").map_err(|issue| issues.push(issue)).ok();
        let fields = of.view.search_fields(&of.model, search.within.as_deref(), "in");
        let fields = fields.map_err(|found| issues.extend(found)).ok();
        let selection = match search.fields.as_ref().map(|fields| session.selection(&of.model, &of.view, fields)).transpose() {
            Ok(selection) => selection,
            Err(problem) => {
                issues.extend(problem.errors);
                None
            }
        };
        let expansion = session.expansion(&of, &search.expand, search.numbers).unwrap_or_else(|wrong| {
            issues.extend(wrong);
            None
        });
        let (Some(question), Some(fields), true) = (question, fields, issues.is_empty()) else { return Err(refusal(issues)) };
        let settings = &session.inner.settings();
        let limit = search.limit.unwrap_or(settings.search.limit).min(settings.records.max_page_size);
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let seal = format!("search {:?} {} {names:?} {:?}", of.model.id(), question.canonical(), session.asker.id).into_bytes();
        let after = search.cursor.as_deref().map(|cursor| session.inner.seal.open(&seal, cursor)).transpose()?;
        let scope = of.view.scope(Operation::List, Check::RowsSearch);
        Ok(Self { scope, question, fields, selection, expansion, limit, after, seal, numbers: search.numbers, session, of })
    }

    fn run(self) -> Result<Page, Problem> {
        if self.scope == Guard::Never {
            return Err(missing(Operation::List));
        }
        let mut best = self.best()?;
        let more = best.len() > self.limit;
        best.truncate(self.limit);
        let next = best.last().filter(|_| more).map(|found| {
            let position = Position { sort_key: found.key.clone(), id: found.record.id.0, index: None };
            self.session.inner.seal.close(&self.seal, &position)
        });
        let items = match &self.expansion {
            None => best.iter().filter_map(|found| self.render(&found.record, None).transpose()).collect::<Result<_, _>>()?,
            Some(expansion) => self.session.following(|followed| {
                let mut item = |found: &Found| self.render(&found.record, Some((expansion, &mut *followed))).transpose();
                best.iter().filter_map(&mut item).collect()
            })?,
        };
        Ok(Page { items, next, count: None })
    }

    /// The best records, one more than fit on the page where there are so many; best first.
    fn best(&self) -> Result<Vec<Found>, Problem> {
        let probe = Probe { fields: self.fields.iter().map(|field| field.searched.id()).collect(), terms: self.question.terms.clone() };
        let (asker, keep) = (self.session.asker.id, self.limit + 1);
        let mut heap: BinaryHeap<Found> = BinaryHeap::with_capacity(keep.min(1024));
        let mut budget = Spent::new(&self.session);
        self.session.inner.store.read(false, &mut |reader: &dyn Reader| {
            reader.search(&Search { model: &self.of.model, probe: &probe }, &mut |record| {
                let visible = self.scope.holds(record.owner, asker);
                if budget.is_over(visible) {
                    return ControlFlow::Break(());
                }
                let hits = if visible { hits(&self.question, &self.fields, &record, asker, false) } else { None };
                let Some(hits) = hits else { return ControlFlow::Continue(()) };
                let key = key_of(hits.score, &record.id.0);
                let passed = self.after.as_ref().is_some_and(|after| key[..] <= after.sort_key[..]);
                let full = heap.len() >= keep && heap.peek().is_some_and(|worst| key[..] >= worst.key[..]);
                if !passed && !full {
                    heap.push(Found { key: key.to_vec(), record: record.to_owned() });
                    if heap.len() > keep {
                        heap.pop();
                    }
                }
                ControlFlow::Continue(())
            })
        })?;
        budget.settle()?;
        Ok(heap.into_sorted_vec())
    }

    /// An item as JSON; none where the record does not answer, which cannot be.
    fn render(&self, record: &Record, expanded: Option<(&Expansion, &mut Followed<'_>)>) -> Result<Option<Vec<u8>>, Problem> {
        let asker = self.session.asker.id;
        let record = record.as_ref();
        let Some(Hits { score, highlights }) = hits(&self.question, &self.fields, &record, asker, true) else { return Ok(None) };
        let mut out = Vec::with_capacity(record.doc.len() + 512);
        out.extend_from_slice(b"{\"record\":");
        let rendering = Rendering {
            model: &self.of.model,
            view: &self.of.view,
            asker,
            selection: self.selection.as_ref(),
            numbers: self.numbers,
            system: true,
            old: &self.of.old_labels,
            check: Check::ColumnRender,
        };
        write_record(&rendering, &record, &mut out);
        if let Some((expansion, followed)) = expanded {
            expansion.add(&record, followed, &mut out)?;
        }
        // With `numbers=string` every number is a text.
        let quote = if self.numbers == NumberStyle::Text { "\"" } else { "" };
        out.extend_from_slice(format!(",\"score\":{quote}{}{quote},\"highlights\":{{", score.to_json()).as_bytes());
        for (at, (name, places)) in highlights.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            json::write_str(name, &mut out);
            let places: Vec<String> = places.iter().map(|[from, to]| format!("[{quote}{from}{quote},{quote}{to}{quote}]")).collect();
            out.extend_from_slice(format!(":[{}]", places.join(",")).as_bytes());
        }
        out.extend_from_slice(b"}}");
        Ok(Some(out))
    }
}

fn refusal(issues: Vec<Issue>) -> Problem {
    let code = issues.first().map_or(Code::SearchQuestion, |issue| issue.code);
    Problem::of(code, issues)
}

/// The place of a record in the answer: what is smaller comes first.
fn key_of(score: Score, id: &[u8; 16]) -> [u8; 24] {
    let mut key = [0; 24];
    key[..8].copy_from_slice(&score.key());
    key[8..].copy_from_slice(id);
    key
}

/// A record that answers, by its place.
struct Found {
    key: Vec<u8>,
    record: Record,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Found {}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// What a search has spent of what a scan may.
struct Spent {
    allowed: crate::settings::ScanBudget,
    began: Instant,
    seen: u64,
    rows: u64,
    over: bool,
}

impl Spent {
    fn new(session: &Session) -> Self {
        Self { allowed: session.inner.settings().records.scan_budget, began: Instant::now(), seen: 0, rows: 0, over: false }
    }

    fn is_over(&mut self, visible: bool) -> bool {
        self.seen += 1;
        self.rows += u64::from(visible);
        let late = self.seen.is_multiple_of(LOOK_EVERY) && self.began.elapsed() > self.allowed.time;
        self.over = self.rows > self.allowed.rows || late;
        self.over
    }

    fn settle(&self) -> Result<(), Problem> {
        if !self.over {
            return Ok(());
        }
        let problem = Problem::new(Code::ScanBudget, "too many records hold these words: looking at each of them passes the budget");
        Err(problem.budget("records.scan_budget", self.allowed.rows, Some(self.rows)).suggest("search for more, or rarer, words"))
    }
}
