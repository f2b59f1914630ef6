//! One question on a screen: what stands in its boxes, and what is wrong.
//!
//! Both the kiosk and the desk show questions this way. Values come from what is
//! known, or, after a refusal, from exactly what was entered.

use crate::form::answers::Value;
use crate::form::input::InputError;
use crate::form::questions::AskQuestion;
use crate::form::template::{Days, Kind, Question};
use crate::lang::{Lang, Phrases};
use crate::wareki::Era;
use time::Date;

/// A question, ready for a template.
pub struct Entry {
    pub path: String,
    /// Which boxes it has: `text`, `phone`, `postal`, `number`, `date`, `choice`,
    /// `digits`, `multi`, `flag` or `copies`.
    pub boxes: &'static str,
    pub label: String,
    pub help: Option<String>,
    pub required: bool,
    /// A default stands already: nothing needs to be done.
    pub settled: bool,
    pub text: String,
    pub date: DateBoxes,
    /// The calendars a date may be written in: id and name.
    pub eras: Vec<(&'static str, String)>,
    pub options: Vec<OptionBox>,
    /// The options' words are long: fewer stand side by side.
    pub wide: bool,
    pub min: u32,
    pub max: u32,
    pub error: Option<String>,
}

/// The boxes of a date.
#[derive(Default)]
pub struct DateBoxes {
    /// An era's id, or `western`.
    pub era: String,
    pub year: String,
    pub month: String,
    pub day: String,
}

/// One option.
pub struct OptionBox {
    pub id: String,
    pub label: String,
    pub chosen: bool,
    /// For copies.
    pub copies: String,
}

impl Entry {
    /// With what is known, likely, or the default.
    pub fn of(ask: &AskQuestion<'_>, today: Date, words: Phrases) -> Self {
        let mut entry = Self::empty(ask, today, words);
        if let Some(value) = ask.prefill() {
            entry.show(&value, words.lang());
        } else if let Some(year) = ask.question.years.as_ref().and_then(|years| years.likely(today))
        {
            entry.choose(&year.to_string());
        }
        entry
    }

    /// With what was entered, and why it was not taken.
    pub fn refused(
        ask: &AskQuestion<'_>,
        fields: &[(String, String)],
        error: Option<InputError>,
        today: Date,
        words: Phrases,
    ) -> Self {
        let mut entry = Self::empty(ask, today, words);
        let of = |name: &str| {
            let found = fields.iter().find(|(field, _)| field == name);
            found.map(|(_, entered)| entered.clone()).unwrap_or_default()
        };
        entry.text = of(ask.path());
        let part = |part: &str| of(&format!("{}.{part}", ask.path()));
        entry.date = DateBoxes {
            era: part("era"),
            year: part("year"),
            month: part("month"),
            day: part("day"),
        };
        for option in &mut entry.options {
            option.chosen = fields.iter().any(|(name, id)| name == ask.path() && *id == option.id);
            option.copies = part(&option.id);
        }
        entry.error = error.map(|error| sentence(error, words));
        entry
    }

    fn empty(ask: &AskQuestion<'_>, today: Date, words: Phrases) -> Self {
        let question = ask.question;
        let lang = words.lang();
        let [min, max] = question.range.unwrap_or([0, 99]);
        Self {
            path: question.id.clone(),
            boxes: boxes(question.kind),
            label: question.label.in_lang(lang).to_owned(),
            help: question.help.as_ref().map(|help| help.in_lang(lang).to_owned()),
            required: ask.required,
            settled: ask.default().is_some(),
            text: String::new(),
            date: DateBoxes { era: likely_era(question, lang), ..DateBoxes::default() },
            eras: eras(question, lang),
            wide: options(ask, today, words).iter().any(|option| is_long(&option.label)),
            options: options(ask, today, words),
            min,
            max,
            error: None,
        }
    }

    fn show(&mut self, value: &Value, lang: Lang) {
        match value {
            Value::Text(text) => self.text = text.to_string(),
            Value::Number(number) => self.text = number.to_string(),
            Value::Date(date) => {
                let written_in_era = lang == Lang::Ja || date.given_era().is_some();
                let (era, year) = match date.era_year().filter(|_| written_in_era) {
                    Some((era, year)) => (era.id(), i32::from(year)),
                    None => ("western", date.year()),
                };
                let known = |part: Option<u8>| part.map(|part| part.to_string());
                self.date = DateBoxes {
                    era: era.to_owned(),
                    year: year.to_string(),
                    month: known(date.month()).unwrap_or_default(),
                    day: known(date.day()).unwrap_or_default(),
                };
                self.text = date.to_string();
                // A fiscal year is one of several.
                self.choose(&date.to_string());
            }
            Value::Copies(copies) => {
                for option in &mut self.options {
                    option.copies = copies.get(&option.id).copied().unwrap_or(0).to_string();
                }
            }
            chosen @ (Value::Choice(_) | Value::Choices(_) | Value::Flag(_)) => {
                let chosen = chosen.selected();
                for option in &mut self.options {
                    option.chosen = chosen.contains(&option.id);
                }
            }
        }
    }

    fn choose(&mut self, id: &str) {
        for option in &mut self.options {
            option.chosen = option.id == id;
        }
    }

    /// Whether an era, or the western calendar, is chosen.
    pub fn has_era(&self, era: &str) -> bool {
        self.date.era == era
    }
}

/// The eras to choose from, oldest first. A day near today is in the present one.
fn eras(question: &Question, lang: Lang) -> Vec<(&'static str, String)> {
    let near = matches!(question.days, Some(Days::Happened | Days::Near | Days::Future));
    let eras = Era::ALL.iter().filter(|era| !near || **era == Era::Reiwa);
    // Cards and papers show the characters, in whichever language one reads.
    let name = |era: &Era| match lang {
        Lang::Ja => era.kanji().to_owned(),
        Lang::En => format!("{} {}", era.roman(), era.kanji()),
    };
    eras.map(|era| (era.id(), name(era))).collect()
}

/// The calendar chosen before anybody chooses: the western one for those who
/// read English, the present era for days near today.
fn likely_era(question: &Question, lang: Lang) -> String {
    let near = matches!(question.days, Some(Days::Happened | Days::Near | Days::Future));
    match lang {
        Lang::En => "western".to_owned(),
        Lang::Ja if near => Era::Reiwa.id().to_owned(),
        Lang::Ja => String::new(),
    }
}

fn boxes(kind: Kind) -> &'static str {
    match kind {
        Kind::Name | Kind::Kana | Kind::Address | Kind::Text => "text",
        Kind::Phone => "phone",
        Kind::Postal => "postal",
        Kind::Number => "number",
        Kind::Digits => "digits",
        Kind::Date => "date",
        Kind::Choice | Kind::FiscalYear => "choice",
        Kind::Multi => "multi",
        Kind::Flag => "flag",
        Kind::Copies => "copies",
    }
}

fn options(ask: &AskQuestion<'_>, today: Date, words: Phrases) -> Vec<OptionBox> {
    let option = |id: &str, label: &str| OptionBox {
        id: id.to_owned(),
        label: label.to_owned(),
        chosen: false,
        copies: "0".to_owned(),
    };
    if ask.question.kind == Kind::Flag {
        return vec![option("yes", words.t("list.yes")), option("no", words.t("list.no"))];
    }
    if let Some(years) = &ask.question.years {
        let lang = words.lang();
        let year = |year: i32| option(&year.to_string(), &years.choice(year, today, lang));
        return ask.years(today).into_iter().map(year).collect();
    }
    ask.options.iter().map(|choice| option(&choice.id, choice.in_lang(words.lang()))).collect()
}

/// Longer than what three options in a row have room for, in kanji.
fn is_long(label: &str) -> bool {
    let half_kanji = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 });
    half_kanji.sum::<u32>() > 2 * 14
}

/// The sentence for a refused entry.
pub fn sentence(error: InputError, words: Phrases) -> String {
    let (min, max) = match error {
        InputError::TooLong { max } => (0, max),
        InputError::OutOfRange { min, max } | InputError::WrongDigits { min, max } => {
            (min as usize, max as usize)
        }
        _ => (0, 0),
    };
    words.with(error.code(), &[("min", min), ("max", max)])
}
