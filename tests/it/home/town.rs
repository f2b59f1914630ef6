//! The example town, as the counter knows it: its key of the month, and what it makes of
//! a code.

use std::path::{Path, PathBuf};

use madoguchi::applicant::Source;
use madoguchi::chance::SystemChance;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::config::{Config, Procedure};
use madoguchi::form::answers::{Answers, Value};
use madoguchi::form::input::{self, Raw};
use madoguchi::form::questions::{self, AskQuestion};
use madoguchi::form::template::Kind;
use madoguchi::form::{Form, Forms};
use madoguchi::preregistration::{self, Codebooks, Epoch, KeyFolder, Opened};
use tempfile::TempDir;

use crate::stage::resident::Memory;

pub struct Town {
    pub config: Config,
    pub forms: Forms,
    /// What every code must know, whatever one comes for.
    birth: Form,
    data: TempDir,
}

impl Town {
    /// With a key of this month.
    pub fn found() -> Self {
        let data = tempfile::tempdir().unwrap();
        let town = Self {
            config: Config::load(Path::new("kiosk-config/example")).unwrap(),
            forms: Forms::load(Path::new("templates/forms")).unwrap(),
            birth: Form::read(&std::fs::read_to_string("templates/birth.toml").unwrap()).unwrap(),
            data,
        };
        let today = SystemClock.today();
        let keys = KeyFolder::within(town.data.path());
        let code = &town.config.site.town.code;
        let key = keys.make(Epoch::of(today), code, today, &SystemChance).unwrap();
        let public = serde_json::to_string(&key.public_file()).unwrap();
        std::fs::write(town.key(), public).unwrap();
        town
    }

    /// The file with the public key.
    pub fn key(&self) -> PathBuf {
        self.data.path().join("public.json")
    }

    /// What the counter reads in a code.
    pub fn open(&self, text: &str) -> Opened {
        let now = SystemClock.now();
        let keys = KeyFolder::within(self.data.path()).keys().unwrap();
        let books = Codebooks::of(&self.config, &self.forms, now.date());
        preregistration::open(text, &keys, &books, &self.config.site.town.code, now).unwrap()
    }

    fn chosen(&self, ids: &[&str]) -> Vec<&Procedure> {
        self.config.procedures.iter().filter(|one| ids.contains(&one.id.as_str())).collect()
    }

    fn forms_of(&self, ids: &[&str]) -> Vec<&Form> {
        let forms = self.chosen(ids).into_iter().map(|one| self.forms.get(&one.form).unwrap());
        forms.chain([&self.birth]).collect()
    }

    /// What the counter knows for these procedures once the answers are there, without
    /// where each came from.
    pub fn known(&self, ids: &[&str], answers: &Answers) -> Vec<(String, Value)> {
        let mut all = answers.clone();
        for (path, option) in self.chosen(ids).into_iter().flat_map(|one| &one.preset) {
            all.set(path, Value::Choice(option.clone()), Source::Preset);
        }
        let forms = self.forms_of(ids);
        let missing = questions::missing(&forms, &all);
        let missing: Vec<_> = missing.iter().flat_map(|page| &page.questions).collect();
        let missing: Vec<_> = missing.iter().map(|ask| ask.path()).collect();
        assert_eq!(missing, [""; 0], "nothing is left to ask");
        let known = questions::known(&forms, &all);
        known.iter().map(|(path, answer)| (path.to_owned(), answer.value.clone())).collect()
    }

    /// What a resident with this memory answers, by the counter's own rules.
    pub fn answers(&self, ids: &[&str], memory: &Memory) -> Answers {
        let mut answers = Answers::default();
        for (path, option) in self.chosen(ids).into_iter().flat_map(|one| &one.preset) {
            answers.set(path, Value::Choice(option.clone()), Source::Preset);
        }
        let forms = self.forms_of(ids);
        while let Some(page) = questions::missing(&forms, &answers).into_iter().next() {
            for ask in &page.questions {
                answers.set(ask.path(), answer(ask, memory), Source::Typed);
            }
        }
        answers
    }
}

/// From memory, or as the page had it filled in already.
fn answer(ask: &AskQuestion<'_>, memory: &Memory) -> Value {
    let raw = match (memory.get(ask.path()), ask.question.kind) {
        (None, _) => match ask.prefill() {
            Some(likely) => return likely,
            None => {
                let years = ask.question.years.as_ref();
                let likely = years.and_then(|years| years.likely(SystemClock.today()));
                likely.map_or(Raw::Absent, |year| Raw::One(year.to_string()))
            }
        },
        (Some(entry), Kind::Copies) => {
            // The page has the default in its box, and what is remembered in another.
            let mut counts = std::collections::BTreeMap::new();
            if let Some(Value::Copies(copies)) = ask.prefill() {
                counts.extend(copies.into_iter().map(|(id, count)| (id, count.to_string())));
            }
            let (id, count) = entry.split_once('=').unwrap();
            counts.insert(id.to_owned(), count.to_owned());
            Raw::Counts(counts)
        }
        (Some(entry), Kind::Multi) => Raw::Many(vec![entry.clone()]),
        (Some(entry), _) => Raw::One(entry.clone()),
    };
    let today = SystemClock.today();
    input::read(ask, &raw, today).unwrap_or_else(|error| panic!("{}: {error}", ask.path()))
}
