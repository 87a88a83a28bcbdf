//! An answer that may not be there yet. It names no runtime: `.await` it, or `.wait()` for it.

use dmr_core::{Code, Problem};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use tokio::sync::oneshot;

/// An answer that may not be there yet. Dropping it does not take the command back.
#[must_use = "an answer is waited for or awaited"]
pub struct Pending<T>(State<T>);

enum State<T> {
    Ready(Option<Result<T, Problem>>),
    Waiting(oneshot::Receiver<Result<T, Problem>>),
}

/// Where an answer goes.
pub(crate) struct Reply<T>(oneshot::Sender<Result<T, Problem>>);

impl<T> Reply<T> {
    /// Whether nobody waits for the answer any more.
    pub fn is_unwanted(&self) -> bool {
        self.0.is_closed()
    }

    /// Answers. Nobody may be waiting any more; the command was carried out all the same.
    pub fn send(self, answer: Result<T, Problem>) {
        let _ = self.0.send(answer);
    }
}

impl<T> Pending<T> {
    /// An answer that is there.
    pub fn ready(answer: Result<T, Problem>) -> Self {
        Self(State::Ready(Some(answer)))
    }

    /// A refusal.
    pub fn refused(problem: Problem) -> Self {
        Self::ready(Err(problem))
    }

    /// An answer and where it is to go.
    pub(crate) fn new() -> (Reply<T>, Self) {
        let (sender, receiver) = oneshot::channel();
        (Reply(sender), Self(State::Waiting(receiver)))
    }

    /// The answer where it is there already.
    pub(crate) fn answered(self) -> Result<Result<T, Problem>, Self> {
        match self.0 {
            State::Ready(Some(answer)) => Ok(answer),
            state => Err(Self(state)),
        }
    }

    /// Waits for the answer on this thread, which does nothing else meanwhile: in async code, `.await` is better.
    ///
    /// # Errors
    /// What the command came to.
    pub fn wait(self) -> Result<T, Problem> {
        match self.0 {
            State::Ready(answer) => answer.unwrap_or_else(|| Err(closed())),
            State::Waiting(receiver) => block_on(receiver).unwrap_or_else(|_| Err(closed())),
        }
    }
}

impl<T: Unpin> Future for Pending<T> {
    type Output = Result<T, Problem>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(answer) => Poll::Ready(answer.take().unwrap_or_else(|| Err(closed()))),
            State::Waiting(receiver) => Pin::new(receiver).poll(context).map(|answer| answer.unwrap_or_else(|_| Err(closed()))),
        }
    }
}

/// Wakes a thread that waits.
struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The channel's own way of waiting panics on a thread of its runtime; this one only keeps the thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Waiting(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn closed() -> Problem {
    Problem::new(Code::StoreClosed, "the registry was closed before it could answer")
}
