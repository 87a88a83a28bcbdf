//! The page `docs/settings.md`, written from the table (C6).

use super::table::{Setting, TABLE, variable};
use super::unbuilt::UNBUILT;
use std::fmt::Write;

const HEAD: &str = "\
# Settings

Where a setting may stand, later ones win:

1. its default;
2. the file `dmr.toml` in the working directory, or the one that `--config FILE` (`DMR_CONFIG`) names;
3. a profile of that file, `[profile.NAME]`, chosen by `--profile NAME`, by `DMR_PROFILE`, or by `use = \"NAME\"` under `[profile]`;
4. the file of secrets: `secrets.toml` beside it, or the one that `--secrets FILE` (`DMR_SECRETS`) names, with profiles of its own; refused
   where anybody but its owner may read it (`secrets.readable`);
5. `.env` in the working directory: variables as in the environment; what is not a setting's is passed over;
6. a variable of the environment: `DMR_`, then the key in upper case with `__` for each dot;
7. a flag: `--set KEY=VALUE` takes every key, `--data`, `--host`, `--port`, `--url` and `--key` are short for the commonest;
8. for those marked *live*: what was changed while a registry was open, with `dmr config set KEY VALUE` or `PATCH /api/settings`, by whoever has
   the right `settings`. It is logged, holds at once and over restarts, until `dmr config unset KEY` takes it back.

```toml
# dmr.toml
[server]
port = 8080

[records]
page_size = 20
scan_budget = { rows = 1_000_000, time = \"2 s\" }

[profile.production]
data = \"/var/lib/dmr\"

[profile.production.server]
host = \"10.0.0.5\"
```

Sizes are bytes or carry `KiB`, `MiB`, `GiB`, `kB`, `MB`, `GB`; times are seconds or carry `ms`, `s`, `min`, `h`, `d`. The other spellings are those of
the documents this system was made from: in upper case they stand in the file or the environment as they are. A setting and another spelling of
it that say different things in one place are refused (`setting.conflict`), an unknown key too, with what was probably meant
(`setting.unknown`). `dmr config` prints what is in force and where each value came from; a secret is never printed.

This page is generated from the table in `crates/dmr/src/settings/table.rs` by `cargo xtask docs`.

| key | default | takes | live | other spellings | what it does |
| --- | --- | --- | --- | --- | --- |
";

const UNBUILT_HEAD: &str = "
## Not built yet

These are named by the source documents; what they set is not there yet, so they are refused by name (`behaviour.unavailable`) and never
accepted without effect.

| key | other spellings |
| --- | --- |
";

/// The reference of all settings, in Markdown.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    for setting in TABLE {
        row(&mut page, setting);
    }
    page.push_str(UNBUILT_HEAD);
    for unbuilt in UNBUILT {
        let _infallible = writeln!(page, "| `{}` | {} |", unbuilt.key, spellings(unbuilt.aliases));
    }
    page
}

fn row(page: &mut String, setting: &Setting) {
    let variable = variable(setting.key);
    let aliases = spellings(setting.aliases);
    let aliases = if aliases.is_empty() { format!("`{variable}`") } else { format!("`{variable}`, {aliases}") };
    let Setting { key, default, about, kind, .. } = setting;
    let live = if setting.live { "live" } else { "" };
    let _infallible = writeln!(page, "| `{key}` | `{default}` | {} | {live} | {aliases} | {about} |", kind.takes());
}

fn spellings(aliases: &[&str]) -> String {
    aliases.iter().map(|alias| format!("`{alias}`")).collect::<Vec<_>>().join(", ")
}
