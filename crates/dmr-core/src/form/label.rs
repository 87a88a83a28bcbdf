//! What stands before a control: the words of its name.

use crate::widget::words;

/// Words that are said letter by letter.
const ACRONYMS: [&str; 38] = [
    "api", "bic", "cpu", "css", "csv", "dns", "dob", "eur", "gps", "gpu", "html", "http", "https", "iban", "id", "ip", "isbn", "iso",
    "json", "pdf", "ram", "sku", "sla", "sql", "ssn", "tls", "ui", "uri", "url", "usb", "usd", "utc", "uuid", "vat", "vin", "xml", "yaml",
    "upc",
];

/// The label of a name: `zip_code` is `Zip code`, `customerID` is `Customer ID`.
pub fn label(name: &str) -> String {
    let words = words(name);
    if words.is_empty() {
        return name.to_owned();
    }
    let said: Vec<String> = words.iter().enumerate().map(|(at, word)| said(word, at == 0)).collect();
    said.join(" ")
}

fn said(word: &str, first: bool) -> String {
    let lower = word.to_lowercase();
    if ACRONYMS.contains(&lower.as_str()) {
        return lower.to_uppercase();
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters > 1 && word.chars().all(|c| !c.is_lowercase()) {
        return word.to_owned();
    }
    let mut chars = lower.chars();
    match chars.next() {
        Some(initial) if first => initial.to_uppercase().chain(chars).collect(),
        _ => lower,
    }
}
