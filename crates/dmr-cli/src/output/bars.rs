//! Small bars of block characters: plain text, the same on a terminal and in a file.

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A lying bar: the longest of them has so many characters.
pub fn bar(part: u64, most: u64, width: usize) -> String {
    let eighths = scaled(part, most, width * 8);
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).and_then(|at| EIGHTHS.get(at)));
    bar
}

/// A standing bar a number, side by side; nothing at all is a space.
pub fn line(parts: &[u64]) -> String {
    let most = parts.iter().copied().max().unwrap_or_default();
    parts.iter().map(|part| scaled(*part, most, 8).checked_sub(1).and_then(|at| HEIGHTS.get(at)).copied().unwrap_or(' ')).collect()
}

/// A part of the most, of so many steps; something is at least one.
fn scaled(part: u64, most: u64, steps: usize) -> usize {
    if part == 0 || most == 0 {
        return 0;
    }
    let step = u128::from(part) * steps as u128 / u128::from(most);
    usize::try_from(step).unwrap_or(steps).clamp(1, steps)
}
