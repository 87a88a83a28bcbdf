//! `dmr doctor`: looks over what a data directory needs, and says what to do where something is amiss (U4).

mod disk;
mod finding;

use crate::arguments::Common;
use crate::connection::{Absent, Connection};
use crate::failure::Failure;
use crate::output::{Grid, Output};
use crate::{owner, sources};
use clap::Args;
use dmr::settings::Settings;
use dmr::{Code, Surveyed, Value};
use dmr_api::route;
use finding::{Finding, State};
use serde_json::json;

/// From how many bytes on a write-ahead log is longer than a writer at work leaves it.
const LONG_WAL: u64 = 256 << 20;

/// Beyond so many bytes a check of integrity takes long enough to be asked for.
const MOST_CHECKED: u64 = 1 << 30;

/// Looks over settings, data directory, disk, database and log.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr doctor
  dmr doctor --data /var/lib/dmr --format json

No model or record is read or changed, and a server may run meanwhile. Exit codes: 0 where nothing fails, 1 where something does.")]
pub struct Doctor {
    /// Checks the integrity of a database of more than 1 GiB too
    #[arg(long)]
    pub full: bool,
}

impl Doctor {
    /// Looks, tells, and fails where something did.
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        let findings = findings(common, self.full).await;
        let failed = findings.iter().filter(|finding| finding.state == State::Fail).count();
        let told: Vec<Value> = findings.iter().map(Finding::to_json).collect();
        let look = Settings::default().terminal;
        output.show(&json!({ "items": told, "next": null, "failed": failed }), || {
            let look = output.look(&look);
            let mut grid = Grid::new(["what", "", "found", "to do"]);
            for finding in &findings {
                let cell = |text: &str| look.whole(text);
                grid.row(vec![cell(finding.what), finding.state.as_str().to_owned(), cell(&finding.found), cell(&finding.advice)]);
            }
            grid.draw("nothing was looked at")
        })?;
        if failed == 0 { Ok(()) } else { Err(Failure::Told) }
    }
}

async fn findings(common: &Common, full: bool) -> Vec<Finding> {
    let mut all = vec![Finding::ok("program", format!("dmr {}", env!("CARGO_PKG_VERSION")))];
    let settings = match sources::load(common, Vec::new()) {
        Ok(settings) => settings,
        Err(problem) => {
            all.push(Finding::of("settings", &problem));
            return all;
        }
    };
    all.push(Finding::ok("settings", "they are understood"));
    if let Some(url) = settings.client.url.clone() {
        all.push(Finding::ok("server", url));
        all.extend(served(&settings).await);
        return all;
    }
    let directory = &settings.data;
    if !directory.is_dir() {
        let finding = Finding::fail("data directory", format!("there is none at {}", directory.display()));
        all.push(finding.advise("dmr dev FILE, or dmr serve, makes it; --data names another"));
        return all;
    }
    all.push(disk::rights(directory));
    all.extend(disk::system(directory));
    all.extend(disk::space(directory));
    all.push(held(directory));
    let most = if full { u64::MAX } else { MOST_CHECKED };
    match dmr::survey(directory, most) {
        Ok(surveyed) => {
            all.extend(database(&surveyed));
            // To open it would bring it to the newer format: that is not for a look.
            if surveyed.older.is_some() {
                return all;
            }
        }
        Err(problem) if problem.code == Code::DataUnknown => {
            all.push(Finding::warn("database", "there is none yet").advise("it is made by the first command that writes"));
            return all;
        }
        Err(problem) => {
            all.push(Finding::of("database", &problem));
            return all;
        }
    }
    all.extend(served(&settings).await);
    all
}

/// Who holds the directory.
fn held(directory: &std::path::Path) -> Finding {
    match (dmr::is_owned(directory), owner::read(directory)) {
        (Ok(false), None) => Finding::ok("owner", "nobody holds it"),
        (Ok(false), Some(_)) => {
            Finding::warn("owner", "nobody holds it, but a document of an owner was left behind").advise("the next server takes it away")
        }
        (Ok(true), Some(owner)) => Finding::ok("owner", format!("process {} at {}", owner.pid, owner.address)),
        (Ok(true), None) => Finding::ok("owner", "a process holds it that serves nobody"),
        (Err(problem), _) => Finding::of("owner", &problem),
    }
}

fn database(surveyed: &Surveyed) -> Vec<Finding> {
    let mut all = vec![match surveyed.older {
        None => Finding::ok("database", format!("{}, SQLite {}", size(surveyed.bytes), surveyed.sqlite)),
        Some(format) => Finding::warn("database", format!("{}, format {format} of an older program", size(surveyed.bytes)))
            .advise("back it up: the next command brings it to the newer format, which older programs do not read"),
    }];
    all.push(match surveyed.wal {
        long if long > LONG_WAL => {
            Finding::warn("write-ahead log", size(long)).advise("something reads for very long; else start the server anew")
        }
        short => Finding::ok("write-ahead log", size(short)),
    });
    all.push(match surveyed.damage.as_deref() {
        None => Finding::ok("integrity", "not checked: the database is large").advise("dmr doctor --full"),
        Some([]) => Finding::ok("integrity", "the quick check finds nothing wrong"),
        Some(damage) => Finding::fail("integrity", damage.join("; ")).advise("stop the server and bring back a backup"),
    });
    all
}

/// What only the registry can say: that it opens, or answers, and that its log can be read.
async fn served(settings: &Settings) -> Vec<Finding> {
    let connection = match Connection::open(settings, Absent::Refuse).await {
        Ok(connection) => connection,
        Err(problem) => return vec![Finding::of("registry", &problem)],
    };
    let ask = async |path: &str, query: &[(&str, &str)]| connection.client.get(path, query).await?.accepted()?.json();
    let models = ask(route::MODELS, &[("limit", "1"), ("count", "exact")]).await;
    let mut all = vec![match &models {
        Ok(list) => Finding::ok("registry", dmr::core::words::count(crate::call::number(list, "count"), "model")),
        Err(problem) => Finding::of("registry", problem),
    }];
    all.push(match ask(route::AUDIT, &[("limit", "1")]).await {
        Ok(list) => match crate::call::items(&list).first() {
            Some(entry) => Finding::ok("log", format!("can be read; the newest entry is of {}", crate::call::text(entry, "at"))),
            None => Finding::ok("log", "can be read; there is no entry yet"),
        },
        Err(problem) if problem.code == Code::RightMissing => {
            Finding::warn("log", "this key may not read it").advise("a key with the right `audit`")
        }
        Err(problem) => Finding::of("log", &problem),
    });
    connection.close();
    all
}

/// Bytes for a person.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}
