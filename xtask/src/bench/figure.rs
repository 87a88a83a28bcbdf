//! Figures, the lines they make, and what is demanded of them.

use serde_json::{Value, json};

/// What was measured of one party, once a round.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// One value a round.
    pub values: Vec<f64>,
    /// The server's CPU time a request, microseconds, once a round; empty where nothing was asked over HTTP.
    pub cpu: Vec<f64>,
}

impl Series {
    /// Takes one round in.
    pub fn add(&mut self, value: f64, cpu: Option<f64>) {
        self.values.push(value);
        self.cpu.extend(cpu);
    }

    /// The median over the rounds.
    pub fn median(&self) -> Option<f64> {
        median(&self.values)
    }
}

/// The middle value; the mean of the two middle ones where their number is even.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 { Some(upper) } else { Some(f64::midpoint(*sorted.get(middle - 1)?, upper)) }
}

/// What is demanded.
#[derive(Debug, Clone, Copy)]
pub enum Demand {
    /// At least this share of the floor; then the goal.
    Share(f64, Option<f64>),
    /// At most this value.
    AtMost(f64),
    /// Nothing: told for comparison.
    Nothing,
}

/// One line of the table.
#[derive(Debug)]
pub struct Line {
    /// What was measured, with its load.
    pub what: String,
    /// Unit of the values: `/s`, `ms`, `ns`, `MB`.
    pub unit: &'static str,
    /// dmr.
    pub dmr: Series,
    /// The floor, or what stands for it.
    pub floor: Series,
    /// The peer.
    pub peer: Series,
    /// What is demanded.
    pub demand: Demand,
}

impl Line {
    /// A line without figures yet.
    pub fn new(what: impl Into<String>, unit: &'static str, demand: Demand) -> Self {
        Self { what: what.into(), unit, dmr: Series::default(), floor: Series::default(), peer: Series::default(), demand }
    }

    /// dmr's share of the floor: the median of the rounds' shares.
    pub fn share(&self) -> Option<f64> {
        let shares: Vec<f64> = self.dmr.values.iter().zip(&self.floor.values).map(|(dmr, floor)| dmr / floor).collect();
        median(&shares)
    }

    /// Whether the demand is met; nothing where it was not measured or nothing is demanded.
    pub fn met(&self) -> Option<bool> {
        match self.demand {
            Demand::Share(least, _) => self.share().map(|share| share >= least),
            Demand::AtMost(most) => self.dmr.median().map(|value| value <= most),
            Demand::Nothing => None,
        }
    }
}

/// The lines of one row of the bench, with where they come from.
#[derive(Debug)]
pub struct Row {
    /// The row's name on the command line.
    pub name: String,
    /// How to measure it again.
    pub command: String,
    /// Day, UTC.
    pub date: String,
    /// Commit that was measured.
    pub commit: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Row {
    /// As it is kept.
    pub fn to_json(&self, rendered: &str) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(line_to_json).collect();
        json!({"name": self.name, "command": self.command, "date": self.date, "commit": self.commit, "lines": lines, "rendered": rendered})
    }
}

fn line_to_json(line: &Line) -> Value {
    let series = |series: &Series| json!({"values": series.values, "cpu_us": series.cpu});
    json!({
        "what": line.what, "unit": line.unit, "dmr": series(&line.dmr), "floor": series(&line.floor), "peer": series(&line.peer),
        "share": line.share(), "met": line.met(),
    })
}
