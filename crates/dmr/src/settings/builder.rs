//! Settings made by a program.

use super::Settings;
use super::load::{Origin, check_together};
use super::table::TABLE;
use dmr_core::{Code, Issue, Problem};

/// Sets what differs from the defaults; [`Builder::build`] checks ranges.
///
/// ```
/// let settings = dmr::Settings::builder()
///     .with(|settings| settings.records.page_size = 20)
///     .with(|settings| settings.server.port = 0)
///     .build()?;
/// assert_eq!(settings.records.page_size, 20);
/// # Ok::<(), dmr::Problem>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    settings: Settings,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { settings: Settings::default() }
    }

    /// Changes settings.
    pub fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The settings.
    ///
    /// # Errors
    /// `setting.value` for each that is out of its range, `setting.conflict` for two that exclude each other.
    pub fn build(mut self) -> Result<Settings, Problem> {
        let mut issues = Vec::new();
        for (at, setting) in TABLE.iter().enumerate() {
            let given = (setting.get)(&self.settings);
            if !setting.kind.admits(&given) {
                issues.push(Issue::body(setting.key, Code::SettingValue, format!("`{}` takes {}", setting.key, setting.kind.takes())));
            }
            if setting.kind.read(setting.default).is_ok_and(|default| default != given) {
                self.settings.origins[at] = Origin::Program;
            }
        }
        check_together(&self.settings, &mut issues);
        match issues.first() {
            None => Ok(self.settings),
            Some(first) => Err(Problem::of(first.code, issues)),
        }
    }
}
