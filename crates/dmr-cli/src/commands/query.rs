//! `dmr query`: records that satisfy conditions.

use crate::call::Call;
use crate::failure::Failure;
use crate::output::{Output, Stream};
use crate::paging::{Pages, Wanted};
use crate::selection::Selection;
use clap::Args;
use dmr_api::route;

const AFTER: &str = "\
Examples:
  dmr query Product --where \"price >= 10 and not (city = 'Paris' or city in (Rome, Oslo))\"
  dmr query Product --filter price__gte=10 --filter name__icontains=tea --sort -price,name
  dmr query Product --fields name,price --all --format csv > products.csv
  dmr query shop.Order --expand customer --sort -_created_at
  dmr query shop.Product --where '{\"field\": \"price\", \"op\": \"gte\", \"value\": 10}' --count

In --where: = != < <= > >= ~ (regular expression), contains, icontains, startswith, endswith, in (a, b), not in (a, b),
between a and b, is null, is not null, joined by and, or, not and parentheses. Texts need quotes only where they hold spaces or signs.";

/// Asks for the records of a model.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Query {
    /// The model: Product, shop.Product
    pub model: String,
    /// Which of them
    #[command(flatten)]
    pub selection: Selection,
    /// References to show the records of: customer,lines.product
    #[arg(long, value_name = "REFERENCES")]
    pub expand: Option<String>,
    /// All records, page after page
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// From where to go on: `next` of an answer
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub cursor: Option<String>,
    /// Tells the total as well
    #[arg(long)]
    pub count: bool,
}

impl Query {
    /// Asks.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let mut query = self.selection.parameters(&model)?;
        query.extend(self.expand.iter().map(|references| ("expand".to_owned(), references.clone())));
        if self.count {
            query.push(("count".to_owned(), "exact".to_owned()));
        }
        let columns = match &self.selection.fields {
            Some(fields) => fields.split(',').map(|field| field.trim().to_owned()).collect(),
            None => model.fields(),
        };
        let path = route::fill(route::RECORDS, &[&model.name]);
        let mut pages = Pages::new(call, path, query, Wanted::of(self.selection.limit, self.all), self.cursor);
        // The first page is there before anything is written: a refusal leaves no half answer.
        let Some(first) = pages.next().await? else {
            return Ok(());
        };
        let fixed = self.selection.fields.is_some() && self.expand.is_none();
        let mut stream = Stream::new(call.output, call.output.look(&call.settings.terminal), columns, fixed)?;
        stream.page(&first)?;
        drop(first);
        while let Some(page) = pages.next().await? {
            stream.page(&page)?;
        }
        stream.finish("no record")?;
        suggest(call.output, &model.name);
        Ok(())
    }
}

fn suggest(output: &Output, model: &str) {
    output.next(&format!("dmr record get {model} ID, dmr record history {model} ID"));
}
