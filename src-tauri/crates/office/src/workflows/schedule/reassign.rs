//! Changing who and what is on a job: the words of its columns, each kept as it was written unless it is meant.

use std::collections::{BTreeMap, HashSet};

use database::PgConnection;
use database::schedule::editor;
use database::schedule::write::{JobImage, WordRow};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::AppError;
use crate::view::{Reassign, ResourceKind, ResourceWord};

impl ResourceKind {
    /// As the database writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Crew => "crew",
            Self::Person => "person",
            Self::Machine => "machine",
        }
    }
    /// What the database wrote.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "crew" => Some(Self::Crew),
            "person" => Some(Self::Person),
            "machine" => Some(Self::Machine),
            _ => None,
        }
    }
    /// The column its words stand in.
    fn column(self) -> &'static str {
        match self {
            Self::Crew | Self::Person => "person",
            Self::Machine => "machine",
        }
    }
}

/// A column as a list. What is no list is one word, as the database reads it.
fn listed(document: Option<&Value>) -> Vec<Value> {
    match document {
        Some(Value::Array(items)) => items.clone(),
        None | Some(Value::Null) => Vec::new(),
        Some(other) => vec![other.clone()],
    }
}

/// How the office writes somebody: by id, with the name for other programs and for people who read the row.
fn written(id: Uuid, name: &str) -> Value {
    json!({"id": id, "name": name})
}

/// A replacement with the name of who comes.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    kind: ResourceKind,
    from: Option<Uuid>,
    to: Option<(Uuid, String)>,
}

impl Replacement {
    /// Looks up the name of who comes.
    pub(super) async fn read(c: &mut PgConnection, reassign: &Reassign) -> Result<Self, AppError> {
        let to = match reassign.to {
            Some(id) => {
                let name = editor::resource_name(c, reassign.kind.as_str(), id).await?;
                Some((id, name.ok_or_else(|| AppError::not_found(noun(reassign.kind)))?))
            }
            None => None,
        };
        Ok(Self { kind: reassign.kind, from: reassign.from, to })
    }

    /// Takes one off and puts the other on. Who is not named by the job itself (but is in its crew) is not taken off.
    pub(super) fn apply(&self, image: &mut JobImage, words: &[WordRow]) {
        let kind = self.kind.as_str();
        let named = |id: Uuid| {
            words
                .iter()
                .filter(move |w| w.found == kind && w.resource_id == Some(id))
                .filter_map(|w| usize::try_from(w.item - 1).ok())
        };
        let column = match self.kind.column() {
            "machine" => &mut image.equipment_needed,
            _ => &mut image.crew_assigned,
        };
        let mut items = listed(column.as_ref());
        let mut comes =
            self.to.as_ref().filter(|(id, _)| named(*id).next().is_none()).map(|(id, name)| written(*id, name));
        let mut gone: Vec<usize> = self.from.into_iter().flat_map(named).filter(|at| *at < items.len()).collect();
        gone.sort_unstable();
        for at in gone.into_iter().rev() {
            items.remove(at);
            if let Some(new) = comes.take() {
                items.insert(at, new);
            }
        }
        items.extend(comes);
        *column = Some(Value::Array(items));
    }
}

/// Where a column names crews: places in the list and whom.
fn crews_named(words: &[WordRow]) -> impl Iterator<Item = (usize, Uuid)> {
    words
        .iter()
        .filter(|w| w.kind == ResourceKind::Crew.column() && w.found == "crew")
        .filter_map(|w| Some((usize::try_from(w.item - 1).ok()?, w.resource_id?)))
}

/// Those of the crews that a job does not name yet, each once, with their names.
pub(super) async fn newcomers(
    c: &mut PgConnection,
    words: &[WordRow],
    crews: &[Uuid],
) -> Result<Vec<(Uuid, String)>, AppError> {
    let mut known: HashSet<Uuid> = crews_named(words).map(|(_, id)| id).collect();
    let mut come = Vec::new();
    for id in crews.iter().copied().filter(|id| known.insert(*id)) {
        let name = editor::resource_name(c, ResourceKind::Crew.as_str(), id).await?;
        come.push((id, name.ok_or_else(|| AppError::not_found(noun(ResourceKind::Crew)))?));
    }
    Ok(come)
}

/// A column with exactly these crews: each that goes gives its place to one of those that come, while there are any. A
/// crew may stand there more than once, and all places are those of the column as it was: none shifts meanwhile.
pub(super) fn recrewed(
    before: Option<&Value>,
    words: &[WordRow],
    crews: &[Uuid],
    come: &[(Uuid, String)],
) -> Option<Value> {
    let gone: BTreeMap<usize, Uuid> = crews_named(words).filter(|(_, id)| !crews.contains(id)).collect();
    if gone.is_empty() && come.is_empty() {
        return before.cloned();
    }
    let mut come = come.iter().map(|(id, name)| written(*id, name));
    let mut replaced = HashSet::new();
    let mut items = Vec::new();
    for (at, item) in listed(before).into_iter().enumerate() {
        match gone.get(&at) {
            None => items.push(item),
            Some(id) if replaced.insert(*id) => items.extend(come.next()),
            Some(_) => {}
        }
    }
    items.extend(come);
    Some(Value::Array(items))
}

/// A column as the editor left it: what kept its place as it was written, what is new by its id.
pub(super) fn rewritten(words: &[ResourceWord], before: Option<&Value>) -> Value {
    let old = listed(before);
    let kept = |word: &ResourceWord| {
        word.item.and_then(|item| usize::try_from(item).ok()).and_then(|item| old.get(item.checked_sub(1)?)).cloned()
    };
    let new = |word: &ResourceWord| match word.id {
        Some(id) => Some(written(id, &word.name)),
        None => Some(word.name.trim()).filter(|n| !n.is_empty()).map(|n| json!(n)),
    };
    Value::Array(words.iter().filter_map(|word| kept(word).or_else(|| new(word))).collect())
}

/// The words of a column, for the editor.
pub(super) fn words_of(rows: &[WordRow], column: &str) -> Vec<ResourceWord> {
    rows.iter()
        .filter(|w| w.kind == column)
        .map(|w| ResourceWord {
            kind: ResourceKind::read(&w.found),
            id: w.resource_id,
            name: w.name.clone().unwrap_or_else(|| w.written.clone()),
            item: u32::try_from(w.item).ok(),
            ambiguous: w.ambiguous,
        })
        .collect()
}

pub(super) fn noun(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Crew => "crew",
        ResourceKind::Person => "person",
        ResourceKind::Machine => "machine",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The column afterwards, of a job whose words (place, crew) are these.
    fn after(column: &Value, words: &[(i64, u128)], crews: &[u128]) -> Value {
        let word = |(item, crew): &(i64, u128)| WordRow {
            job_id: Uuid::nil(),
            kind: "person".into(),
            item: *item,
            found: "crew".into(),
            resource_id: Some(Uuid::from_u128(*crew)),
            written: String::new(),
            ambiguous: false,
            name: None,
        };
        let words: Vec<WordRow> = words.iter().map(word).collect();
        let named = |crew: &u128| words.iter().any(|w| w.resource_id == Some(Uuid::from_u128(*crew)));
        let come =
            crews.iter().filter(|crew| !named(crew)).map(|crew| (Uuid::from_u128(*crew), format!("Crew {crew}")));
        let come: Vec<_> = come.collect();
        let crews: Vec<Uuid> = crews.iter().copied().map(Uuid::from_u128).collect();
        recrewed(Some(column), &words, &crews, &come).unwrap_or_default()
    }

    #[test]
    fn crews_that_come_take_the_places_of_those_that_go() {
        let by_id = |crew: u128| written(Uuid::from_u128(crew), &format!("Crew {crew}"));
        let (three, places) = (json!(["one", "two", "three"]), [(1, 1), (2, 2), (3, 3)]);
        assert_eq!(after(&three, &places, &[3]), json!(["three"]));
        assert_eq!(after(&three, &places, &[3, 4, 5, 6]), json!([by_id(4), by_id(5), "three", by_id(6)]));
        assert_eq!(after(&three, &places, &[3, 2, 1, 1]), three);
        assert_eq!(after(&three, &places, &[]), json!([]));
        let (twice, places) = (json!(["one", "who?", {"crew": "one"}]), [(1, 1), (3, 1)]);
        assert_eq!(after(&twice, &places, &[2]), json!([by_id(2), "who?"]));
        assert_eq!(after(&twice, &places, &[1]), twice);
        // No list, and places a column does not have.
        let one = json!({"crew": "one"});
        assert_eq!(after(&one, &[(1, 1)], &[1]), one);
        assert_eq!(after(&one, &[(1, 1), (9, 3), (0, 4)], &[2]), json!([by_id(2)]));
    }
}
