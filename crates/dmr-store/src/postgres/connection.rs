//! Connections to a server. Statements are sent all at once and answered in order, so that many cost one way there and back.

use super::fault::{Fault, failed};
use dmr_core::{Code, Problem};
use futures_util::TryStreamExt;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use tokio::runtime::Handle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

/// A statement with what it is given.
pub(super) struct Ask<'a> {
    pub sql: &'a str,
    pub values: Vec<&'a (dyn ToSql + Sync)>,
}

/// What came of a statement.
pub(super) struct Answer {
    pub rows: Vec<Row>,
    /// How many rows it changed.
    pub changed: u64,
}

/// A connection, used by one thread at a time.
pub(super) struct Connection {
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    /// What begins a transaction: sent before the next statement, on the same way.
    lead: Cell<Option<&'static str>>,
    /// Whether a transaction was begun on the server.
    inside: Cell<bool>,
    /// Why the transaction cannot go on: kept for the writer, since a reader's caller is told a problem only.
    pub broken: RefCell<Option<Fault>>,
}

impl Connection {
    /// Connects. What comes and goes is moved on the runtime's thread.
    pub fn open(runtime: &Handle, config: &Config) -> Result<Self, Problem> {
        let config = config.clone();
        let connecting = runtime.spawn(async move { config.connect(NoTls).await });
        let connected = wait(connecting).map_err(|_| Problem::new(Code::StoreClosed, "the store is closing"))?;
        let (client, moving) = connected.map_err(failed)?;
        runtime.spawn(async move {
            // Whoever waits for an answer is told what went wrong.
            let _ = moving.await;
        });
        Ok(Self { client, statements: RefCell::default(), lead: Cell::new(None), inside: Cell::new(false), broken: RefCell::new(None) })
    }

    /// Begins a transaction with the next statement.
    pub fn begin(&self, how: &'static str) {
        self.lead.set(Some(how));
    }

    /// Ends a transaction, where one was begun.
    pub fn end(&self, how: &'static str) -> Result<(), Error> {
        if self.lead.take().is_some() || !self.inside.replace(false) {
            return Ok(());
        }
        wait(self.client.batch_execute(how))
    }

    /// Whether nothing stands in the way of the next one's using it.
    pub fn is_clean(&self) -> bool {
        !self.client.is_closed() && !self.inside.get() && self.broken.borrow().is_none()
    }

    /// Whether the server can no longer be reached through it.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements that are not parameterised.
    pub fn execute(&self, sql: &str) -> Result<(), Error> {
        wait(self.client.batch_execute(sql))
    }

    /// Runs one statement.
    pub fn query(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let answers = self.pipeline(&[Ask { sql, values: values.to_vec() }])?;
        answers.into_iter().next().map_or_else(|| Ok(Vec::new()), |answer| answer.map(|answer| answer.rows))
    }

    /// Sends all statements at once; their answers in order. The error outside is that of a statement that cannot be prepared.
    pub fn pipeline(&self, asks: &[Ask<'_>]) -> Result<Vec<Result<Answer, Error>>, Error> {
        wait(async {
            self.prepare(asks).await?;
            let prepared: Vec<Statement> = asks.iter().filter_map(|ask| self.statements.borrow().get(ask.sql).cloned()).collect();
            let mut running: Vec<Running<'_>> = Vec::with_capacity(asks.len() + 1);
            let lead = self.lead.take();
            if let Some(sql) = lead {
                self.inside.set(true);
                running.push(Box::pin(async move {
                    self.client.batch_execute(sql).await?;
                    Ok(Answer { rows: Vec::new(), changed: 0 })
                }));
            }
            for (ask, statement) in asks.iter().zip(&prepared) {
                running.push(Box::pin(run(&self.client, statement, &ask.values)));
            }
            let mut answers = in_order(running).await;
            if lead.is_some() {
                answers.remove(0)?;
            }
            Ok(answers)
        })
    }

    async fn prepare(&self, asks: &[Ask<'_>]) -> Result<(), Error> {
        for ask in asks {
            if !self.statements.borrow().contains_key(ask.sql) {
                let statement = self.client.prepare(ask.sql).await?;
                self.statements.borrow_mut().insert(ask.sql.to_owned(), statement);
            }
        }
        Ok(())
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Answer, Error>> + 'a>>;

async fn run(client: &Client, statement: &Statement, values: &[&(dyn ToSql + Sync)]) -> Result<Answer, Error> {
    let values = values.iter().map(|value| *value as &(dyn ToSql + Sync));
    let mut stream = pin!(client.query_raw(statement, values).await?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(row);
    }
    Ok(Answer { rows, changed: stream.rows_affected().unwrap_or(0) })
}

/// A statement is sent when it is first polled: all are, in order, before the first answer is waited for.
async fn in_order(mut running: Vec<Running<'_>>) -> Vec<Result<Answer, Error>> {
    let mut early: Vec<Option<Result<Answer, Error>>> = Vec::with_capacity(running.len());
    poll_fn(|context| {
        for future in &mut running {
            early.push(match future.as_mut().poll(context) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            });
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(running.len());
    for (future, early) in running.into_iter().zip(early) {
        answers.push(match early {
            Some(answer) => answer,
            None => future.await,
        });
    }
    answers
}

/// Waits for a future on the calling thread, whatever runs there: it needs no runtime, and may be inside one.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    struct Wakes(Thread);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Arc::new(Wakes(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(out) => return out,
            Poll::Pending => thread::park(),
        }
    }
}
