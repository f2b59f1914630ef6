//! Repeated groups become ordinary pages, questions and gates: `ido.member.#.name`
//! with six rows becomes `ido.member.1.name` … `ido.member.6.name`, each asked
//! only while the count says that its row exists. Rows beyond [`COUNT_MAX`] are a
//! fault of the template and are not written out.

use crate::lang::Words;

use super::condition::{at_row, of_row};
use super::paper::check::limits::COUNT_MAX;
use super::template::{Condition, ConditionalFrom, From, Gate, Page, Question, Rows};

/// Every page once for each of its rows. Neighbouring pages that repeat by the
/// same count take turns, so that one person is finished before the next.
pub(super) fn pages(written: &[Page]) -> Vec<Page> {
    let count = |page: &Page| page.rows.as_ref().map(|rows| rows.count.clone());
    let mut expanded = Vec::new();
    for group in written.chunk_by(|one, next| one.rows.is_some() && count(one) == count(next)) {
        let Some(max) = group.iter().filter_map(|page| Some(page.rows.as_ref()?.max)).max() else {
            expanded.extend_from_slice(group);
            continue;
        };
        for row in 1..=max.min(COUNT_MAX) {
            let reaches = |page: &&Page| page.rows.as_ref().is_some_and(|rows| row <= rows.max);
            expanded.extend(group.iter().filter(reaches).map(|page| page_of_row(page, row)));
        }
    }
    expanded
}

/// Every question once for each of its rows.
pub(super) fn questions(written: &[Question]) -> Vec<Question> {
    let mut expanded = Vec::new();
    for question in written {
        match &question.rows {
            None => expanded.push(question.clone()),
            Some(rows) => {
                let max = rows.max.min(COUNT_MAX);
                expanded.extend((1..=max).map(|row| question_of_row(question, rows, row)));
            }
        }
    }
    expanded
}

/// Every gate once for each row of the questions it looks at, as `questions` has
/// them before they are written out.
pub(super) fn gates(written: &[Gate], questions: &[Question]) -> Vec<Gate> {
    let rows = |gate: &Gate| {
        let looked_at =
            |question: &&Question| gate.when.iter().any(|one| one.question == question.id);
        questions.iter().filter(looked_at).find_map(|question| question.rows.clone())
    };
    let mut expanded = Vec::new();
    for gate in written {
        match rows(gate) {
            None => expanded.push(gate.clone()),
            Some(rows) => {
                expanded.extend((1..=rows.max.min(COUNT_MAX)).map(|row| gate_of_row(gate, row)));
            }
        }
    }
    expanded
}

fn gate_of_row(gate: &Gate, row: u32) -> Gate {
    Gate {
        when: gate.when.iter().map(|condition| of_row(condition, row)).collect(),
        title: words_of_row(&gate.title, row),
        reason: words_of_row(&gate.reason, row),
        instead: gate.instead.clone(),
    }
}

fn page_of_row(page: &Page, row: u32) -> Page {
    Page {
        id: at_row(&page.id, row),
        title: words_of_row(&page.title, row),
        help: page.help.as_ref().map(|help| words_of_row(help, row)),
        rows: None,
    }
}

fn question_of_row(question: &Question, rows: &Rows, row: u32) -> Question {
    let conditions = |when: &[Condition]| -> Vec<Condition> {
        when.iter().map(|condition| of_row(condition, row)).collect()
    };
    let mut of_this_row = question.clone();
    of_this_row.id = at_row(&question.id, row);
    of_this_row.page = at_row(&question.page, row);
    of_this_row.label = words_of_row(&question.label, row);
    of_this_row.help = question.help.as_ref().map(|help| words_of_row(help, row));
    of_this_row.when = conditions(&question.when);
    of_this_row.when.insert(0, exists(rows, row));
    for option in &mut of_this_row.options {
        option.when = conditions(&option.when);
    }
    of_this_row.from = origins_of_row(&question.from, row);
    of_this_row.suggest = origins_of_row(&question.suggest, row);
    if let Some(years) = &mut of_this_row.years {
        years.other_than = rows_before(&years.other_than, row);
    }
    of_this_row.rows = None;
    of_this_row
}

fn exists(rows: &Rows, row: u32) -> Condition {
    Condition {
        question: rows.count.clone(),
        is: Vec::new(),
        is_not: Vec::new(),
        at_least: Some(row),
    }
}

/// The origins that this row has, those meant for another row left out.
fn origins_of_row(origins: &[From], row: u32) -> Vec<From> {
    origins
        .iter()
        .filter(|origin| match origin {
            From::Path(_) => true,
            From::Conditional(origin) => origin.row.is_none_or(|only| only == row),
        })
        .map(|origin| match origin {
            From::Path(path) => From::Path(at_row(path, row)),
            From::Conditional(origin) => From::Conditional(ConditionalFrom {
                path: at_row(&origin.path, row),
                when: origin.when.iter().map(|condition| of_row(condition, row)).collect(),
                row: None,
            }),
        })
        .collect()
}

/// Each path with a `#` once for every row before this one.
fn rows_before(paths: &[String], row: u32) -> Vec<String> {
    let of = |path: &String| match path.contains('#') {
        true => (1..row).map(|before| at_row(path, before)).collect(),
        false => vec![path.clone()],
    };
    paths.iter().flat_map(of).collect()
}

fn words_of_row(words: &Words, row: u32) -> Words {
    Words { ja: at_row(&words.ja, row), en: at_row(&words.en, row) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str, count: Option<&str>) -> Page {
        let words = Words { ja: "#人目".into(), en: "Person #".into() };
        let rows = count.map(|count| Rows { count: count.into(), max: 2 });
        Page { id: id.into(), title: words, help: None, rows }
    }

    #[test]
    fn neighbouring_repeated_pages_take_turns() {
        let written = [
            page("a.first", None),
            page("a.m.#", Some("a.n")),
            page("a.m.#.more", Some("a.n")),
            page("a.k.#", Some("a.other")),
            page("a.last", None),
        ];
        let ids: Vec<String> = pages(&written).into_iter().map(|page| page.id).collect();
        assert_eq!(
            ids,
            ["a.first", "a.m.1", "a.m.1.more", "a.m.2", "a.m.2.more", "a.k.1", "a.k.2", "a.last"]
        );
    }

    #[test]
    fn a_repeated_question_knows_its_own_row() {
        let question: Question = toml::from_str(
            r##"
            id = "a.m.#.name"
            page = "a.m.#"
            kind = "name"
            label = { ja = "#人目の氏名", en = "Name of person #" }
            rows = { count = "a.n", max = 2 }
            when = [{ question = "a.m.#.kind", is = ["x"] }]
            from = [{ path = "applicant.name", row = 1 }, "a.m.#.other"]
            "##,
        )
        .unwrap();
        let expanded = questions(&[question]);
        let second = &expanded[1];
        assert_eq!((second.id.as_str(), second.page.as_str()), ("a.m.2.name", "a.m.2"));
        assert_eq!(second.label.ja, "2人目の氏名");
        assert_eq!((second.when[0].question.as_str(), second.when[0].at_least), ("a.n", Some(2)));
        assert_eq!(second.when[1].question, "a.m.2.kind");
        assert_eq!((expanded[0].from.len(), second.from.len()), (2, 1));
    }
}
