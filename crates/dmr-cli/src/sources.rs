//! Where settings come from on the command line: `dmr.toml`, the environment, flags.

use crate::arguments::Common;
use dmr::settings::{Settings, Sources};
use dmr::{Code, Problem};
use std::path::{Path, PathBuf};

const FILE: &str = "dmr.toml";

/// Loads them. `more` are flags that are short for a setting.
pub fn load(common: &Common, more: Vec<(&str, String)>) -> Result<Settings, Problem> {
    let mut flags = common.set.clone();
    if let Some(data) = &common.data {
        let data = data.to_str().ok_or_else(|| Problem::new(Code::SettingValue, "the data directory's path is not UTF-8"))?;
        flags.push(("data".to_owned(), data.to_owned()));
    }
    flags.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    let file = common.config.clone().or_else(|| Path::new(FILE).is_file().then(|| PathBuf::from(FILE)));
    // A variable that is not UTF-8 is none of ours: every name and value of ours is.
    let env = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Settings::load(Sources { file, env, flags })
}
