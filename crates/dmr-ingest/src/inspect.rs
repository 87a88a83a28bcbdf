//! The first pass: the whole input is looked at, and a model is proposed (D2).

use crate::format::{
    csv::{CsvReader, Next as NextRecord},
    element::{Elements, Next as NextElement},
    json::RowsAt,
};
use crate::infer::{
    column::Cells,
    shape::{MOST_MEMBERS, Members},
};
use crate::input::Input;
use crate::label::{Label, labels, model_name};
use crate::layout::{Column, Layout, Options};
use crate::proposal::{Proposal, Proposed};
use crate::words::{count, listed};
use dmr_core::{Code, Problem};

/// Records between two reports of progress.
const STEP: u64 = 4096;

/// How far a pass has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read.
    pub bytes: u64,
    /// Bytes there are, where it is known.
    pub total_bytes: Option<u64>,
    /// Rows read.
    pub rows: u64,
    /// Records set aside.
    pub quarantined: u64,
}

/// What looking at the whole of an input gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The model that is proposed.
    pub proposal: Proposal,
    /// How the input becomes rows of that model: for [`crate::rows`].
    pub layout: Layout,
    /// Records that can be read.
    pub rows: u64,
    /// Records that cannot, and will be set aside again by [`crate::rows`].
    pub quarantined: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// Looks at the whole of an input and proposes a model for it. Memory is bounded by [`Options::longest`], whatever the size.
///
/// # Errors
/// `ingest.format`, `ingest.empty`, `file.unreadable`.
pub fn inspect(input: &Input, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Inspection, Problem> {
    let layout = Layout::find(input, options)?;
    let mut pass = Pass { progress, now: Progress { bytes: 0, total_bytes: input.size(), rows: 0, quarantined: 0 } };
    let inspection = match layout.header(input)? {
        Some((reader, header)) => cells(input, layout, reader, &header, &mut pass)?,
        None => elements(input, layout, &mut pass)?,
    };
    if inspection.rows + inspection.quarantined == 0 {
        return Err(Problem::new(Code::IngestEmpty, format!("there is no record in '{}'", input.name())));
    }
    (pass.progress)(pass.now);
    Ok(inspection)
}

struct Pass<'a> {
    progress: &'a mut dyn FnMut(Progress),
    now: Progress,
}

impl Pass<'_> {
    fn count(&mut self, row: bool, byte: u64) {
        self.now.rows += u64::from(row);
        self.now.quarantined += u64::from(!row);
        self.now.bytes = byte;
        if (self.now.rows + self.now.quarantined).is_multiple_of(STEP) {
            (self.progress)(self.now);
        }
    }

    fn done(&self, proposal: Proposal, layout: Layout) -> Inspection {
        Inspection { proposal, layout, rows: self.now.rows, quarantined: self.now.quarantined, bytes: self.now.bytes }
    }
}

fn cells(input: &Input, mut layout: Layout, mut reader: CsvReader, header: &[String], pass: &mut Pass) -> Result<Inspection, Problem> {
    let mut columns = vec![Cells::default(); header.len()];
    loop {
        let byte = reader.byte();
        match reader.read()? {
            NextRecord::Record(record) => {
                let line = record.place.line;
                columns.iter_mut().zip(record.texts()).for_each(|(column, text)| column.add(&text, line));
                pass.count(true, byte);
            }
            NextRecord::Quarantined(_) => pass.count(false, byte),
            NextRecord::End => break,
        }
    }
    pass.now.bytes = reader.byte();
    let labels = labels(header.iter().map(String::as_str));
    let field = |(cells, label): (&Cells, &Label)| Proposed::column(cells.evidence(&label.name, &label.source));
    let fields: Vec<Proposed> = columns.iter().zip(&labels).map(field).collect();
    layout.columns = columns_of(&fields);
    let mut notices = Vec::new();
    if reader.blank_lines > 0 {
        notices.push(format!("{} left out", count(reader.blank_lines, "blank line")));
    }
    Ok(pass.done(Proposal::new(model_name(input.name()), fields, &labels, notices), layout))
}

fn elements(input: &Input, mut layout: Layout, pass: &mut Pass) -> Result<Inspection, Problem> {
    let mut members = Members::default();
    if let Some(mut reader) = Elements::open(input, &layout, false)? {
        loop {
            match reader.read()? {
                NextElement::Object(parsed) => {
                    members.add_record(&parsed.object, parsed.place.line);
                    pass.count(true, reader.byte());
                }
                NextElement::Quarantined(_) => pass.count(false, reader.byte()),
                NextElement::End => break,
            }
        }
        pass.now.bytes = reader.byte();
    }
    let labels = labels(members.list.iter().map(|member| member.name.as_str()));
    let fields: Vec<Proposed> =
        members.list.iter().zip(&labels).map(|(member, label)| Proposed::member(member, &label.name, members.objects)).collect();
    layout.columns = columns_of(&fields);
    let mut notices = where_rows_are(&layout.rows_at);
    if members.open {
        notices.push(format!("there are more than {MOST_MEMBERS} names: the others are kept without fields of their own"));
    }
    Ok(pass.done(Proposal::new(model_name(input.name()), fields, &labels, notices), layout))
}

fn columns_of(fields: &[Proposed]) -> Vec<Column> {
    let column = |field: &Proposed| Column {
        source: field.evidence.source.clone(),
        name: field.evidence.name.clone(),
        field_type: field.evidence.field_type.clone(),
    };
    fields.iter().map(column).collect()
}

fn where_rows_are(rows_at: &RowsAt) -> Vec<String> {
    let RowsAt::Member { name, beside, .. } = rows_at else { return Vec::new() };
    let mut notice = format!("the rows are the elements of '{name}'");
    if !beside.is_empty() {
        let names: Vec<String> = beside.iter().take(10).map(|name| format!("'{name}'")).collect();
        notice.push_str(&format!("; beside it stand {}, which are no rows and are not taken", listed(&names)));
    }
    vec![notice]
}
