//! Where settings come from on the command line: `dmr.toml` and its profiles, `secrets.toml`, `.env`, the environment, flags.

use crate::arguments::Common;
use dmr::settings::{Dotenv, Settings, Sources};
use dmr::{Code, Problem};
use std::path::{Path, PathBuf};

const FILE: &str = "dmr.toml";
const SECRETS: &str = "secrets.toml";
const DOTENV: &str = ".env";

/// Loads them. `more` are flags that are short for a setting.
pub fn load(common: &Common, more: Vec<(&str, String)>) -> Result<Settings, Problem> {
    let mut flags = common.set.clone();
    if let Some(data) = &common.data {
        let data = data.to_str().ok_or_else(|| Problem::new(Code::SettingValue, "the data directory's path is not UTF-8"))?;
        flags.push(("data".to_owned(), data.to_owned()));
    }
    flags.extend(common.url.clone().map(|url| ("client.url".to_owned(), url)));
    flags.extend(common.key.clone().map(|key| ("client.key".to_owned(), key)));
    flags.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    let dotenv = Path::new(DOTENV).is_file().then(|| Dotenv::read(Path::new(DOTENV))).transpose()?;
    let named = |variable: &str| dotenv.as_ref().and_then(|dotenv| dotenv.get(variable)).map(PathBuf::from);
    let there = |path: PathBuf| path.is_file().then_some(path);
    let file = common.config.clone().or_else(|| named("DMR_CONFIG")).or_else(|| there(PathBuf::from(FILE)));
    let beside = || file.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).join(SECRETS);
    let secrets = common.secrets.clone().or_else(|| named("DMR_SECRETS")).or_else(|| there(beside()));
    // A variable that is not UTF-8 is none of ours: every name and value of ours is.
    let env = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Settings::load(Sources { file, profile: common.profile.clone(), secrets, dotenv, env, flags })
}
