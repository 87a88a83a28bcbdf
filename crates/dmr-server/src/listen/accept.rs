//! Accepts connections until it is told to stop.

use super::connection::run;
use super::watch::Connections;
use crate::app::App;
use dmr::Registry;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// How long requests that run may take to end once the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The most connections at one time; beyond them the longest idle ones go.
const MOST: usize = 20_000;

/// File descriptors that are not for connections: the database, its readers, files that come in.
const OTHER_FILES: usize = 256;

/// How many idle connections go when room is needed.
const EVICTED: usize = 64;

/// Serves a registry on a listener until `shutdown` is ready; then lets the requests that run end, and returns. The registry stays open.
///
/// # Errors
/// None at present: what a listener's accept can fail with passes.
pub fn serve(registry: Registry, listener: TcpListener, shutdown: impl Future<Output = ()>) -> impl Future<Output = std::io::Result<()>> {
    // At once, not when first polled: who calls may go on with uploads of its own.
    if let Some(folder) = registry.directory() {
        crate::body::clear(folder);
    }
    answer(registry, listener, shutdown)
}

async fn answer(registry: Registry, listener: TcpListener, shutdown: impl Future<Output = ()>) -> std::io::Result<()> {
    let loopback = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    let app = App::new(registry, loopback);
    let connections = Arc::new(Connections::new());
    let most = room();
    let sweeping = tokio::spawn(sweep(connections.clone()));
    tokio::select! {
        () = shutdown => {}
        () = accept(&app, &listener, &connections, most) => {}
    }
    drop(listener);
    app.close();
    let deadline = Instant::now() + LAST_REQUESTS;
    while connections.end_idle() && Instant::now() < deadline {
        sleep(Duration::from_millis(10)).await;
    }
    connections.end_all();
    sweeping.abort();
    Ok(())
}

async fn accept(app: &Arc<App>, listener: &TcpListener, connections: &Arc<Connections>, most: usize) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, or the client left already: make room, and do not spin.
            connections.evict(EVICTED);
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        // Small answers must not wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let watch = connections.watch();
        let task = tokio::spawn(run(app.clone(), stream, watch.clone()));
        connections.add(watch, task.abort_handle());
        if connections.len() > most {
            connections.evict(EVICTED);
        }
    }
}

async fn sweep(connections: Arc<Connections>) {
    loop {
        sleep(Duration::from_secs(1)).await;
        connections.seconds.pass();
        connections.sweep();
    }
}

/// Raises the bound of open files as far as it goes, and says how many connections that leaves room for.
fn room() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = getrlimit(Resource::Nofile);
        }
    }
    let files = limit.current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    files.saturating_sub(OTHER_FILES).clamp(OTHER_FILES, MOST)
}
