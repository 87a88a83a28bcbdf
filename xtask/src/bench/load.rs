//! Load by wrk, and what it measured.

use super::plan::Plan;
use crate::command;
use crate::failure::Failure;
use crate::served::Server;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// A load to put on a server.
pub struct Load {
    /// The script that makes the requests.
    pub script: PathBuf,
    /// The path of the address, for scripts that leave it to the caller.
    pub path: String,
    /// Requests in flight, one a connection.
    pub in_flight: u32,
    /// How long.
    pub seconds: u64,
    /// What the script reads from its environment.
    pub given: Vec<(&'static str, String)>,
}

/// What a load measured.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Requests a second.
    pub rate: f64,
    /// Median time of a request, ms.
    pub p50: f64,
    /// 99th percentile, ms.
    pub p99: f64,
    /// The server's CPU time a request, microseconds.
    pub cpu: Option<f64>,
}

impl Load {
    /// Puts it on a server. Requests that were refused or broke make the figure worthless: a failure.
    pub fn run(&self, server: &Server) -> Result<Measured, Failure> {
        let before = server.cpu();
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &format!("-c{}", self.in_flight), &format!("-d{}s", self.seconds), "--timeout", "30s", "-s"]);
        wrk.arg(Plan::script("report.lua")).arg(format!("http://{}{}", server.address, self.path));
        wrk.env("BENCH_SCRIPT", &self.script).envs(self.given.iter().map(|(name, value)| (name, value)));
        let said = command::output(&mut wrk)?;
        let after = server.cpu();
        let report: Value = said.lines().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_default();
        let number = |name: &str| report[name].as_f64().unwrap_or_default();
        let requests = number("requests");
        if requests == 0.0 || number("refused") + number("broken") > 0.0 {
            let script = self.script.display();
            return Err(Failure::Program { call: format!("wrk with {script}"), outcome: format!("did not get its answers: {said}") });
        }
        let cpu = before.zip(after).map(|(before, after)| (after - before) * 1e6 / requests);
        let measured = Measured { rate: requests * 1e6 / number("microseconds"), p50: number("p50") / 1e3, p99: number("p99") / 1e3, cpu };
        println!(
            "  {:>3} in flight: {:>9.0}/s, p50 {:.3} ms, p99 {:.3} ms, CPU a request {:.1} µs",
            self.in_flight,
            measured.rate,
            measured.p50,
            measured.p99,
            cpu.unwrap_or_default()
        );
        Ok(measured)
    }
}
