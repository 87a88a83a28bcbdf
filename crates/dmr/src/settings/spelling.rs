//! What a key from outside names: a setting, one that is not built, or nothing.

use super::table::{Setting, TABLE, variable};
use super::unbuilt::UNBUILT;
use dmr_core::problem::nearest;

/// What a key names.
#[derive(Debug, Clone, Copy)]
pub enum Named {
    /// The setting at this place of the table.
    Setting(usize),
    /// One whose feature is not built, by its key.
    Unbuilt(&'static str),
    /// Nothing.
    Nothing,
}

/// Variables that begin with `DMR_` and are no settings: they say where settings are.
const NOT_SETTINGS: [&str; 3] = ["DMR_CONFIG", "DMR_SECRETS", "DMR_PROFILE"];

/// What a key of a file or flag names. Both take the key and every other spelling.
pub fn in_file(key: &str) -> Named {
    find(|spelling| spelling == key)
}

/// What a variable of the environment names; `None`: it is not for us.
pub fn in_environment(name: &str) -> Option<Named> {
    if NOT_SETTINGS.contains(&name) {
        return None;
    }
    let named = find(|spelling| if is_literal(spelling) { spelling == name } else { variable(spelling) == name });
    match named {
        Named::Nothing if !name.starts_with("DMR_") => None,
        named => Some(named),
    }
}

/// Keys that are near one that names nothing, as a file spells them.
pub fn near_in_file(key: &str) -> Vec<String> {
    let found = nearest(key, TABLE.iter().map(|setting| setting.key));
    if !found.is_empty() {
        return found;
    }
    // `port` for `server.port`: the section was forgotten.
    TABLE.iter().filter(|setting| last(setting.key) == last(key)).map(|setting| setting.key.to_owned()).take(3).collect()
}

/// Variables that are near one that names nothing.
pub fn near_in_environment(name: &str) -> Vec<String> {
    let names: Vec<String> = TABLE.iter().map(Setting::variable).collect();
    nearest(name, names.iter().map(String::as_str))
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// An alias in upper case stands for itself in the environment.
fn is_literal(spelling: &str) -> bool {
    !spelling.contains('.') && spelling.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn find(is: impl Fn(&str) -> bool) -> Named {
    if let Some(at) = TABLE.iter().position(|setting| is(setting.key) || setting.aliases.iter().any(|alias| is(alias))) {
        return Named::Setting(at);
    }
    UNBUILT
        .iter()
        .find(|unbuilt| is(unbuilt.key) || unbuilt.aliases.iter().any(|alias| is(alias)))
        .map_or(Named::Nothing, |unbuilt| Named::Unbuilt(unbuilt.key))
}
