//! What a server tells of itself on standard error (C2): its start and end, ingests, jobs, requests. Answers go elsewhere and are no part of it.

use dmr::Registry;
use dmr::settings::Settings;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::util::SubscriberInitExt;

/// What is told, while that may change.
pub struct Logging {
    filter: Handle<Targets, tracing_subscriber::Registry>,
    /// Asked for on the command line: it stays.
    verbose: bool,
}

impl Logging {
    /// Begins to tell, in the form and from the level that the settings name; with `verbose` everything.
    pub fn begin(settings: &Settings, verbose: bool) -> Self {
        let (filter, handle) = reload::Layer::new(ours(level(settings, verbose)));
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
        let lines = if settings.logging.format == "json" { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
        // There is one already where a test began it.
        let _begun = tracing_subscriber::registry().with(filter).with(lines).try_init();
        Self { filter: handle, verbose }
    }

    /// From now on changes of the settings are heeded.
    pub fn follow(self, registry: &Registry) {
        registry.watch_settings(move |settings| {
            // It cannot fail while there is a subscriber, and there is none that ends before the process.
            let _same = self.filter.modify(|filter| *filter = ours(level(settings, self.verbose)));
        });
    }
}

fn level(settings: &Settings, verbose: bool) -> LevelFilter {
    if verbose {
        return LevelFilter::DEBUG;
    }
    match settings.logging.level.as_str() {
        "off" => LevelFilter::OFF,
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "debug" => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    }
}

/// Only what this program tells: libraries below it tell of what they are given.
fn ours(level: LevelFilter) -> Targets {
    Targets::new().with_target("dmr", level)
}
