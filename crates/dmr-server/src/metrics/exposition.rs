//! The text form that collectors of metrics read.

use dmr::{Figure, Measure, Spread, Unit};
use std::fmt::Write;

/// A page of that form.
#[derive(Default)]
pub struct Exposition {
    page: String,
}

impl Exposition {
    /// Says what the lines that come are.
    pub fn head(&mut self, name: &str, kind: &str, about: &str) -> &mut Self {
        let about = about.replace('\\', "\\\\").replace('\n', "\\n");
        let _infallible = write!(self.page, "# HELP {name} {about}\n# TYPE {name} {kind}\n");
        self
    }

    /// A line.
    pub fn line(&mut self, name: &str, labels: &[(&str, &str)], value: &str) -> &mut Self {
        self.page.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _infallible = write!(self.page, "{}{label}=\"{text}\"", if at == 0 { '{' } else { ',' });
        }
        let _infallible = writeln!(self.page, "{} {value}", if labels.is_empty() { "" } else { "}" });
        self
    }

    /// How often something was how large: each class holds those below it.
    pub fn spread(&mut self, name: &str, labels: &[(&str, &str)], spread: &Spread, unit: Unit) {
        let mut below = 0;
        let ends = spread.bounds.iter().map(|bound| written(*bound, unit)).chain(["+Inf".to_owned()]);
        for (end, count) in ends.zip(&spread.counts) {
            below += count;
            let labels: Vec<(&str, &str)> = labels.iter().copied().chain([("le", end.as_str())]).collect();
            self.line(&format!("{name}_bucket"), &labels, &below.to_string());
        }
        self.line(&format!("{name}_sum"), labels, &written(spread.sum, unit));
        self.line(&format!("{name}_count"), labels, &below.to_string());
    }

    /// A figure of the registry.
    pub fn figure(&mut self, figure: &Figure) {
        let unit = match figure.unit {
            Unit::Things => "",
            Unit::Bytes => "_bytes",
            Unit::Micros => "_seconds",
        };
        let name = format!("dmr_{}{unit}", figure.name);
        match &figure.measure {
            Measure::Gauge(value) => {
                self.head(&name, "gauge", figure.about).line(&name, &[], &written(*value, figure.unit));
            }
            Measure::Counter(value) => {
                let name = format!("{name}_total");
                self.head(&name, "counter", figure.about).line(&name, &[], &written(*value, figure.unit));
            }
            Measure::Spread(spread) => {
                self.head(&name, "histogram", figure.about);
                self.spread(&name, &[], spread, figure.unit);
            }
        }
    }

    /// The page.
    pub fn finish(self) -> String {
        self.page
    }
}

/// A number in the unit that collectors expect: seconds for times.
fn written(value: u64, unit: Unit) -> String {
    match unit {
        Unit::Micros => format!("{}.{:06}", value / 1_000_000, value % 1_000_000),
        Unit::Things | Unit::Bytes => value.to_string(),
    }
}
