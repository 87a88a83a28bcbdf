//! Files: people of 14 columns brought in as NDJSON over HTTP and taken out again into a file, and the server's memory meanwhile.

use super::bulk::people;
use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, model};
use crate::command;
use crate::failure::Failure;
use crate::served::{Home, Server};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const COLUMNS: usize = 14;
/// The client: it sends and takes files as fast as it is let.
const CLIENT: &str = "curl";

/// How often the server's memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// What memory may grow by over the last three quarters and still be flat: caches and statistics fill up to their bounds.
const FLAT: f64 = 50.0;

/// One import into an empty model and one export of all of it a round; the demands are those of a million rows.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let rows = plan.rows;
    let mut import = Line::new(format!("import of {rows} rows of {COLUMNS} columns, NDJSON over HTTP"), "s", Demand::AtMost(20.0));
    let mut export =
        Line::new(format!("export of {rows} records of {COLUMNS} fields as NDJSON over HTTP to a file"), "s", Demand::AtMost(5.0));
    let mut memory = [
        Line::new("the server's own memory at its greatest, importing", "MB", Demand::Nothing),
        Line::new("importing, grown by this after the first quarter of the time", "MB", Demand::AtMost(FLAT)),
        Line::new("the server's own memory at its greatest, exporting", "MB", Demand::Nothing),
        Line::new("exporting, grown by this after the first quarter of the time", "MB", Demand::AtMost(FLAT)),
    ];
    if plan.has("dmr") {
        let file = write_people(plan)?;
        for round in 1..=plan.rounds {
            println!("round {round}");
            let home = home(plan, "moves")?;
            let server = home.start()?;
            let people = model("Person", &people::fields(COLUMNS), json!([]));
            home.admin(&server)?.get_done("POST", "/api/registry/models", Some(&people.to_string()))?;
            let (took, into) = timed(&server, || bring_in(&home, &server, &file))?;
            import.dmr.add(took, None);
            let out = plan.folder.join("exported.ndjson");
            let (took, from) = timed(&server, || take_out(&home, &server, &out))?;
            export.dmr.add(took, None);
            for (line, figure) in memory.iter_mut().zip([into.most, into.grown, from.most, from.grown]) {
                line.dmr.add(figure, None);
            }
            check(&file, &out)?;
        }
    }
    Ok([import, export].into_iter().chain(memory).collect())
}

/// Anonymous memory, in MB: what the process holds itself, without the pages of files it has mapped.
struct Memory {
    most: f64,
    /// By how much more it was later than in the first quarter of the time.
    grown: f64,
}

fn timed(server: &Server, run: impl FnOnce() -> Result<(), Failure>) -> Result<(f64, Memory), Failure> {
    let done = AtomicBool::new(false);
    let (took, memory) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) {
                seen.push(own_memory(server));
                std::thread::sleep(LOOK_EVERY);
            }
            seen
        });
        let begin = Instant::now();
        let ran = run();
        let took = begin.elapsed().as_secs_f64();
        done.store(true, Ordering::Relaxed);
        (ran.map(|()| took), watching.join().unwrap_or_default())
    });
    let (early, late) = memory.split_at(memory.len() / 4);
    let most = |of: &[f64]| of.iter().copied().fold(0.0, f64::max);
    let memory = Memory { most: most(&memory), grown: (most(late) - most(early)).max(0.0) };
    let took = took?;
    println!("  dmr       {took:>9.2} s, {:.0} MB, grown by {:.0} MB", memory.most, memory.grown);
    Ok((took, memory))
}

fn client(home: &Home) -> Command {
    let mut call = Command::new(CLIENT);
    call.args(["--silent", "--show-error", "--fail-with-body", "--header", &format!("Authorization: Bearer {}", home.user)]);
    call
}

fn bring_in(home: &Home, server: &Server, file: &Path) -> Result<(), Failure> {
    let mut call = client(home);
    call.args(["--header", "Content-Type: application/x-ndjson", "--header", "Expect:", "--request", "POST", "--upload-file"]).arg(file);
    let said = command::output(call.arg(format!("http://{}/api/records/Person/import", server.address)))?;
    if said.contains("\"failed\":0") { Ok(()) } else { Err(Failure::Missing(format!("rows were not taken: {said}"))) }
}

fn take_out(home: &Home, server: &Server, out: &Path) -> Result<(), Failure> {
    let mut call = client(home);
    command::output(call.arg("--output").arg(out).arg(format!("http://{}/api/records/Person/export?format=ndjson", server.address)))
        .map(|_| ())
}

fn own_memory(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid)).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1000.0
}

/// What went in came out, in its order.
fn check(one: &Path, other: &Path) -> Result<(), Failure> {
    let lines =
        |path: &Path| std::fs::read(path).map(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count()).map_err(Failure::file(path));
    let (one, other) = (lines(one)?, lines(other)?);
    if one == other { Ok(()) } else { Err(Failure::Missing(format!("{other} of {one} records came out"))) }
}

fn write_people(plan: &Plan) -> Result<PathBuf, Failure> {
    let path = plan.folder.join("people.ndjson");
    let failed = Failure::file(&path);
    let write = || {
        let mut out = BufWriter::new(File::create(&path)?);
        for number in 0..plan.rows {
            writeln!(out, "{}", people::person(number, COLUMNS))?;
        }
        out.flush()
    };
    write().map_err(failed)?;
    Ok(path)
}
