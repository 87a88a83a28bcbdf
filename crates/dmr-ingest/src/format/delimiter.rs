//! Which delimiter a CSV has: the one that cuts most rows of the sample into as many cells as the first.

use super::csv::{Scan, scan};

/// The delimiters that are looked for; of equals the first wins.
pub(crate) const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];
const ROWS: usize = 1000;

/// The delimiter of a sample; a comma where nothing speaks for any (one column).
pub(crate) fn sniff_delimiter(name: &str, head: &[u8], whole: bool) -> char {
    let named = match extension(name).as_str() {
        "tsv" | "tab" => Some('\t'),
        "psv" => Some('|'),
        _ => None,
    };
    let mut best = (named.unwrap_or(','), 0, 1);
    for delimiter in DELIMITERS {
        let Some((width, share)) = fit(head, whole, delimiter) else { continue };
        let better = (share, width) > (best.1, best.2) || (share == best.1 && width >= 2 && Some(delimiter) == named);
        if width >= 2 && better {
            best = (delimiter, share, width);
        }
    }
    best.0
}

/// The number of cells of the first row, and how many rows in a thousand have as many.
fn fit(head: &[u8], whole: bool, delimiter: char) -> Option<(usize, usize)> {
    let delimiter = u8::try_from(delimiter).ok()?;
    let mut cells = Vec::new();
    let (mut at, mut rows, mut alike, mut width) = (0, 0, 0, None);
    while rows < ROWS {
        match scan(head.get(at..)?, whole, delimiter, &mut cells) {
            Scan::Blank(length) => at += length,
            Scan::Record { length, .. } => {
                at += length;
                rows += 1;
                alike += usize::from(*width.get_or_insert(cells.len()) == cells.len());
            }
            Scan::Short { .. } => break,
        }
    }
    // A sample that ends within its first row still has that row's beginning.
    let width = width.unwrap_or(cells.len());
    Some((width, (alike * 1000).checked_div(rows).unwrap_or(0)))
}

/// The last part of a file's name after a dot, in small letters.
pub(crate) fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}
