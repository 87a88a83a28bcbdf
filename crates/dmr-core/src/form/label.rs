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
    let mut label = String::with_capacity(name.len() + words.len());
    for (at, word) in words.into_iter().enumerate() {
        if at > 0 {
            label.push(' ');
        }
        say(word, at == 0, &mut label);
    }
    label
}

fn say(word: &str, first: bool, out: &mut String) {
    if let Some(acronym) = ACRONYMS.iter().find(|acronym| acronym.eq_ignore_ascii_case(word)) {
        return out.extend(acronym.chars().map(|c| c.to_ascii_uppercase()));
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters > 1 && word.chars().all(|c| !c.is_lowercase()) {
        return out.push_str(word);
    }
    let lower = word.to_lowercase();
    let mut chars = lower.chars();
    match chars.next() {
        Some(initial) if first => out.extend(initial.to_uppercase().chain(chars)),
        _ => out.push_str(&lower),
    }
}
