//! `docs/http.md` lists the routes that there are. What stands before them is written by hand; `cargo xtask docs` writes the rest anew.

use dmr_server::Route;
use dmr_server::route::{At, Family};
use std::fmt::Write;
use std::path::Path;

const FAMILIES: [Family; 7] =
    [Family::Service, Family::Models, Family::Gatekeeper, Family::Records, Family::Audit, Family::Principals, Family::Ingestion];
const ROUTES: &str = "\n## Routes\n";

fn row(route: &Route) -> String {
    let parameters: Vec<String> = route
        .parameters
        .iter()
        .map(|parameter| if parameter.at == At::Header { format!("`{}`", parameter.name) } else { format!("`?{}`", parameter.name) })
        .collect();
    let statuses: Vec<String> = route.gives.iter().map(|gives| gives.status.to_string()).collect();
    let about = route.about.replace('|', "\\|");
    format!("| `{} {}` | {about} | {} | {} |\n", route.method.as_str(), route.template, statuses.join(", "), parameters.join(" "))
}

fn routes() -> String {
    let mut page =
        format!("{ROUTES}\nWritten from the table of routes; `/openapi.json` has the bodies, the answers and the codes of each.\n");
    for family in FAMILIES {
        write!(page, "\n### {}\n\n| route | what it does | answers | parameters |\n| --- | --- | --- | --- |\n", family.as_str()).unwrap();
        dmr_server::routes().iter().filter(|route| route.family == family).for_each(|route| page.push_str(&row(route)));
    }
    page
}

#[test]
fn the_page_of_the_http_api_lists_the_routes_there_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/http.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let head = page.split(ROUTES).next().unwrap_or_default();
    let wanted = format!("{head}{}", routes());
    if std::env::var_os("DMR_DOCS").is_some_and(|wish| wish == "write") {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    assert!(head.starts_with("# The HTTP API"), "what is written by hand is there");
    assert_eq!(page, wanted, "`cargo xtask docs` writes it anew");
}
