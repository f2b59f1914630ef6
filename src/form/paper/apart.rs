//! Words on the shipped papers keep apart: from one another, from what is printed
//! there already, from the rules, and from the marks of other fields.
//!
//! Everything is measured where it is really put, in points, with the longest
//! entries that are taken and with usual ones.

use std::path::Path;

use super::*;
use crate::applicant::Source;
use crate::form::answers::Value;
use crate::form::{Forms, counter, questions, record, shipped};
use crate::pdf::{Area, Cluster, PlacedLine, Shape};

/// What stands somewhere, and how it is named when it stands in the way.
struct Stands {
    name: String,
    area: Area,
}

/// Half a millimetre: the strokes of a character do not fill its em box.
const STROKES: f32 = 1.4;

/// The strokes of a line: its em boxes without their empty rims. A bracket or a
/// full stop at an end is half empty.
fn strokes(line: &PlacedLine) -> Area {
    let Area { x, y, width, height } = line.area();
    let half = |cluster: Option<&Cluster>, signs: &str| match cluster {
        Some(cluster) if signs.contains(cluster.text.as_str()) => {
            0.5 * cluster.advance * line.size * line.narrowing
        }
        _ => 0.0,
    };
    let left = half(line.clusters.first(), "（「　");
    let right = half(line.clusters.last(), "）」。、　");
    let rim = (0.08 * line.size).min(STROKES);
    Area {
        x: x + left + rim,
        y: y + rim,
        width: width - left - right - 2.0 * rim,
        height: height - 2.0 * rim,
    }
}

fn words(line: &PlacedLine) -> String {
    line.clusters.iter().map(|cluster| cluster.text.as_str()).collect()
}

fn overlap(one: &Area, other: &Area) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}

/// What is printed on the sheet: labels, and the rules and frames around them.
fn printed(sheet: &pdf::Sheet) -> (Vec<Stands>, Vec<Stands>) {
    let (mut labels, mut rules) = (Vec::new(), Vec::new());
    let mut rule = |x: f32, y: f32, width: f32, height: f32| {
        let area = Area { x, y, width: width.max(0.01), height: height.max(0.01) };
        rules.push(Stands { name: format!("the rule at {x:.0}, {y:.0}"), area });
    };
    for shape in &sheet.shapes {
        match shape {
            Shape::Words(line) if !words(line).trim().is_empty() => {
                labels.push(Stands { name: words(line), area: strokes(line) });
            }
            Shape::Words(_) => {}
            Shape::Line { from, to, .. } => {
                let (x, y) = (from.0.min(to.0), from.1.min(to.1));
                rule(x, y, (from.0 - to.0).abs(), (from.1 - to.1).abs());
            }
            Shape::Box { width: 0.0, .. } => {}
            Shape::Box { area: Area { x, y, width, height }, .. } => {
                rule(*x, *y, *width, 0.0);
                rule(*x, y + height, *width, 0.0);
                rule(*x, *y, 0.0, *height);
                rule(x + width, *y, 0.0, *height);
            }
        }
    }
    (labels, rules)
}

/// The words and marks of the answers, each with its field.
fn filled(paper: &Paper, answers: &Answers, counter: &Answers) -> Vec<Stands> {
    let mut stand = Vec::new();
    for row in &paper.fields {
        let pages = paper.pages.iter().map(pdf::Page::new).collect();
        let mut placing = place::Placing::new(pages);
        if !condition::all_hold(&row.field.when, answers) {
            continue;
        }
        let Some((path, written)) = written::written(&row.field, answers, counter, &paper.words)
        else {
            continue;
        };
        placing.place(row, path, &written);
        let (pages, _, misfits) = placing.finish();
        assert_eq!(misfits, [], "{}", row.id);
        let lines = pages.iter().flat_map(pdf::Page::lines);
        stand.extend(lines.map(|line| Stands { name: row.id.clone(), area: strokes(line) }));
        if let Some(qr) = &row.field.qr {
            let area = geometry::area(qr.rect, pages[0].height());
            stand.push(Stands { name: row.id.clone(), area });
        }
    }
    stand
}

/// All that stands in each other's way on a paper with these answers.
fn in_the_way(form: &Form, answers: &Answers, counter: &Answers, fonts: &Fonts) -> Vec<String> {
    let paper = Paper::compile(form, fonts).unwrap();
    let sheet = sheet::drawing(form.template(), fonts, &mut Vec::new());
    let (labels, rules) = printed(&sheet);
    let filled = filled(&paper, answers, counter);
    let mut found = Vec::new();
    let mut hold = |one: &Stands, other: &Stands| {
        if one.name != other.name && overlap(&one.area, &other.area) {
            found.push(format!("{}: {} and {}", form.id(), one.name, other.name));
        }
    };
    for (number, one) in filled.iter().enumerate() {
        filled[number + 1..].iter().chain(&labels).for_each(|other| hold(one, other));
        // The digits of マス目 stand between rules that are drawn for them.
        rules.iter().for_each(|other| hold(one, other));
    }
    for (number, one) in labels.iter().enumerate() {
        labels[number + 1..].iter().chain(&rules).for_each(|other| hold(one, other));
    }
    found
}

/// What a counter adds, as `fill --example` shows it.
fn of_counter(form: &Form) -> Answers {
    counter::read(form, &counter::example(form, Some("60,000円".to_owned())), Answers::default())
        .unwrap()
}

#[test]
fn nothing_on_a_shipped_paper_stands_in_the_way_of_anything_else() {
    let fonts = Fonts::shipped();
    let mut found = Vec::new();
    for form in Forms::load(Path::new("templates/forms")).unwrap().iter() {
        let mut cases = vec![form.sample().unwrap().clone()];
        cases.extend(shipped::longest_cases(form));
        for case in cases {
            let answers = record::read(&[form], &case, Source::Typed, shipped::TODAY).unwrap();
            let answers = questions::with_defaults(&[form], &answers);
            found.extend(in_the_way(form, &answers, &of_counter(form), &fonts));
        }
    }
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn words_that_stand_in_the_way_are_found() {
    let fonts = Fonts::shipped();
    let mihon = include_str!("../../../tests/fixtures/forms/mihon/form.toml");
    let moved = "[[draw]]\nlabel = { text = \"じゃま\", rect = [60, 44, 20, 6] }\n\n[[field]]\nid = \"over\"\n\
         bind = \"applicant.name\"\ntext = { rect = [56, 44, 139, 6], size = 14 }\n";
    let form = Form::read(&format!("{mihon}\n{moved}")).unwrap();
    let mut answers = Answers::default();
    answers.set("applicant.name", Value::Text("試験　花子".into()), Source::Typed);
    let found = in_the_way(&form, &answers, &Answers::default(), &fonts);
    for pair in ["name and over", "over and じゃま"] {
        assert!(found.iter().any(|one| one.contains(pair)), "{pair}: {found:#?}");
    }
}
