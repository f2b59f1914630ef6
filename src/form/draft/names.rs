//! From the label of a place to a question: its id, its kind, its English.

use std::collections::BTreeSet;

use super::by_hand::plain;
use super::labels::is_postal;
use super::{Place, Shape};
use crate::form::template::Kind;

/// What a place asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// `applicant.name`, or `shisetsu.purpose`.
    pub path: String,
    /// `name`
    pub field: String,
    pub kind: Kind,
    /// Empty when the town has to find the word.
    pub en: String,
}

/// What forms ask for again and again: the label without blanks, its word, its
/// English. The first ones are facts about the applicant.
const USUAL: [(&[&str], &str, &str); 26] = [
    (
        &["氏名", "お名前", "名前", "申請者氏名", "届出人氏名", "申請者の氏名", "申込者氏名"],
        "applicant.name",
        "Full name",
    ),
    (&["フリガナ", "ふりがな", "カナ"], "applicant.kana", "Name in katakana"),
    (&["生年月日"], "applicant.birth_date", "Date of birth"),
    (&["住所", "ご住所", "現住所", "申請者住所"], "applicant.address", "Address"),
    (
        &["電話番号", "電話", "連絡先", "連絡先電話番号", "TEL"],
        "applicant.phone",
        "Telephone number",
    ),
    (&["郵便番号", "〒"], "postal", "Postal code"),
    (&["使用目的", "利用目的", "使いみち", "使い道", "目的"], "purpose", "Purpose"),
    (&["理由", "申請理由"], "reason", "Reason"),
    (&["人数", "使用人数", "利用人数"], "people", "Number of people"),
    (&["通数", "枚数", "部数", "必要枚数"], "copies", "Copies"),
    (&["世帯主", "世帯主氏名", "世帯主の氏名"], "head", "Head of the household"),
    (&["続柄", "続き柄", "申請者との続柄"], "relation", "Relation"),
    (&["本籍", "本籍地"], "honseki", "Registered domicile"),
    (&["筆頭者", "筆頭者氏名"], "head_of_register", "First person in the family register"),
    (&["性別"], "sex", "Sex"),
    (&["年齢"], "age", "Age"),
    (&["職業"], "occupation", "Occupation"),
    (&["勤務先"], "workplace", "Workplace"),
    (&["国籍", "国籍・地域"], "nationality", "Nationality"),
    (&["団体名"], "group", "Name of the group"),
    (&["代表者", "代表者氏名", "代表者名"], "representative", "Representative"),
    (&["代理人", "代理人氏名"], "agent", "Agent"),
    (&["金額"], "amount", "Amount"),
    (&["備考"], "note", "Remarks"),
    (&["日付", "年月日", "申請日", "届出日"], "date", "Date"),
    (&["件名"], "subject", "Subject"),
];

/// Gives each place its question. Paths are unique, and a fact about the applicant
/// is asked once: a second 氏名 is somebody else's.
pub(super) fn named(id: &str, places: &[Place]) -> Vec<Named> {
    let mut taken = BTreeSet::new();
    places.iter().map(|place| of_place(id, place, &mut taken)).collect()
}

fn of_place(id: &str, place: &Place, taken: &mut BTreeSet<String>) -> Named {
    let label = plain(&place.label);
    let usual = USUAL.iter().find(|(labels, ..)| labels.contains(&label.as_str()));
    let kind = kind(&label, &place.shape);
    if let Some((_, path, en)) = usual
        && path.starts_with("applicant.")
        && is_words(&place.shape)
        && taken.insert((*path).to_owned())
    {
        let field = path.replace("applicant.", "");
        taken.insert(format!("{id}.{field}"));
        return Named { path: (*path).to_owned(), field, kind, en: (*en).to_owned() };
    }
    let word = usual.map(|(_, path, _)| path.rsplit('.').next().unwrap_or(path).to_owned());
    let word = word.or_else(|| place.name.as_deref().and_then(word_of));
    let word = word.unwrap_or_else(|| "field".to_owned());
    let numbered = (2..).map(|number| format!("{word}_{number}"));
    let free = |word: &String| !taken.contains(&format!("{id}.{word}"));
    let field = std::iter::once(word.clone()).chain(numbered).find(free).unwrap_or(word);
    let path = format!("{id}.{field}");
    taken.insert(path.clone());
    let en = usual.map(|(.., en)| (*en).to_owned()).unwrap_or_default();
    Named { path, field, kind, en }
}

fn is_words(shape: &Shape) -> bool {
    matches!(shape, Shape::Text { .. } | Shape::Digits { .. } | Shape::Parts { .. })
}

fn kind(label: &str, shape: &Shape) -> Kind {
    let is = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let in_boxes = match shape {
        Shape::Text { .. } | Shape::Unclear { .. } => None,
        Shape::Parts { kind, .. } => return *kind,
        Shape::Circles { .. } => return Kind::Choice,
        Shape::Digits { count, .. } => Some(*count),
        Shape::Postal { .. } => return Kind::Postal,
        Shape::Check(_) => return Kind::Flag,
        Shape::Checks { one: true, .. } | Shape::List { .. } => return Kind::Choice,
        Shape::Checks { one: false, .. } => return Kind::Multi,
    };
    match () {
        () if is(&["フリガナ", "ふりがな"]) || label == "カナ" => Kind::Kana,
        () if is(&["氏名", "名前", "代表者", "代理人", "世帯主", "筆頭者"]) => {
            Kind::Name
        }
        () if is(&["電話", "連絡先", "TEL"]) && in_boxes.is_none_or(|count| count >= 10) => {
            Kind::Phone
        }
        () if is_postal(label) && in_boxes.is_none_or(|count| count == 7) => Kind::Postal,
        () if is(&["住所", "所在地"]) && in_boxes.is_none() => Kind::Address,
        // In boxes a date is only digits, in an order that the sheet decides.
        () if is(&["年月日", "日付", "申請日", "届出日"]) && in_boxes.is_none() => {
            Kind::Date
        }
        () => Kind::Text,
    }
}

/// A word of small letters, digits and `_`: `Dog Name` → `dog_name`. `None` when
/// too little is left of a name to tell it by.
pub(super) fn word_of(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let parts: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let word: String = parts.join("_").chars().take(40).collect();
    let told = name.chars().filter(char::is_ascii_alphanumeric).count() * 2 >= name.chars().count();
    (told && !word.is_empty()).then_some(word)
}
