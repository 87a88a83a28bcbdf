//! The fields an asker searches in: those of the model that it sees, and of them those it names.

use super::{Check, Guard, Use, View};
use crate::model::Model;
use crate::problem::nearest;
use crate::search::SearchField;
use crate::{Code, Issue};

impl View {
    /// The SEARCHABLE fields that are seen, in order of id; `within`: only those, each a path of names, given as `parameter`. What is
    /// hidden is as if it were not SEARCHABLE, or not there.
    ///
    /// # Errors
    /// A name that is no field, a field that is not searched, or that there is none at all.
    pub fn search_fields(&self, model: &Model, within: Option<&[Vec<String>]>, parameter: &str) -> Result<Vec<SearchField>, Vec<Issue>> {
        let seen: Vec<SearchField> = model
            .searched
            .iter()
            .filter_map(|searched| {
                let guards = searched.ids.iter().map(|id| self.access_for(*id, Check::ColumnSearch).read);
                let guard = guards.min().filter(|guard| *guard != Guard::Never)?;
                Some(SearchField { name: model.names(&searched.ids), searched: searched.clone(), guard })
            })
            .collect();
        if seen.is_empty() && within.is_none_or(<[_]>::is_empty) {
            let issue = Issue::query("q", Code::SearchField, "no field of this model is searched")
                .suggest(r#"change the model: {"fields": {"<field>": {"behaviours": ["SEARCHABLE"]}}}"#);
            return Err(vec![issue]);
        }
        let Some(within) = within else { return Ok(seen) };
        let mut issues = Vec::new();
        for path in within {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let name = names.join(".");
            if seen.iter().any(|field| field.name == name) {
                continue;
            }
            match self.reference(model, &names, Use::Search) {
                Ok(_) => {
                    let others: Vec<&str> = seen.iter().map(|field| field.name.as_str()).collect();
                    let mut suggested = nearest(&name, others.iter().copied());
                    if suggested.is_empty() {
                        suggested = others.iter().take(3).map(|other| (*other).to_owned()).collect();
                    }
                    issues.push(Issue::query(parameter, Code::SearchField, format!("`{name}` is not searched")).suggest_all(suggested));
                }
                Err(issue) => issues.push(Issue { pointer: parameter.to_owned(), place: crate::Place::Query, ..issue }),
            }
        }
        if issues.is_empty() {
            Ok(seen.into_iter().filter(|field| within.iter().any(|path| path.join(".") == field.name)).collect())
        } else {
            Err(issues)
        }
    }
}
