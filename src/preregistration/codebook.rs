//! The numbers that stand for procedures, questions and options.
//!
//! A page and a counter that have the same configuration and forms have the same
//! codebook, and its hash travels in every code. The counter keeps each one it ever
//! served, so that a code made before a form was edited is still understood.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Date;

use crate::config::Config;
use crate::form::Forms;
use crate::form::template::{Kind, Question};
use crate::hex;

/// Names a codebook.
pub type Hash = [u8; 8];

/// What is offered and asked, each by its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codebook {
    pub(super) procedures: Vec<Procedure>,
    pub(super) forms: Vec<Form>,
}

/// A procedure; its number is its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Procedure {
    pub id: String,
    /// The place of its form.
    pub form: usize,
    /// Paths that the choice itself answers: they are not sent.
    pub preset: Vec<String>,
}

/// A form's own questions, rows written out; the applicant's facts have numbers
/// of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub id: String,
    pub questions: Vec<Asked>,
}

/// A question; its number is its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub path: String,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Codebook {
    /// The codebook of `day`: the procedures whose form has an edition then.
    pub fn of(config: &Config, forms: &Forms, day: Date) -> Codebook {
        let mut book = Codebook { procedures: Vec::new(), forms: Vec::new() };
        for procedure in &config.procedures {
            let Some(form) = forms.on(&procedure.form, day) else { continue };
            let place = book.forms.iter().position(|booked| booked.id == form.id());
            let place = place.unwrap_or_else(|| {
                let own = |question: &&Question| !question.id.starts_with("applicant.");
                let questions = form.questions().iter().filter(own).map(Asked::of).collect();
                book.forms.push(Form { id: form.id().to_owned(), questions });
                book.forms.len() - 1
            });
            book.procedures.push(Procedure {
                id: procedure.id.clone(),
                form: place,
                preset: procedure.preset.keys().cloned().collect(),
            });
        }
        book
    }

    /// The first bytes of the SHA-256 of what it says.
    pub fn hash(&self) -> Hash {
        let said = serde_json::to_vec(self).unwrap_or_default();
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(said));
        [a, b, c, d, e, f, g, h]
    }

    /// What the page needs to write a body, with the hash in hexadecimal digits.
    pub fn to_json(&self) -> serde_json::Value {
        let hash = hash_text(self.hash());
        serde_json::json!({ "hash": hash, "procedures": self.procedures, "forms": self.forms })
    }

    /// Reads what [`Codebook::to_json`] wrote. `None` for anything else.
    pub fn from_json(text: &str) -> Option<Codebook> {
        let mut said: serde_json::Value = serde_json::from_str(text).ok()?;
        let hash = said.as_object_mut()?.remove("hash")?;
        let book: Codebook = serde_json::from_value(said).ok()?;
        let leads = |procedure: &Procedure| procedure.form < book.forms.len();
        let sound = book.procedures.iter().all(leads) && hash == hash_text(book.hash());
        sound.then_some(book)
    }

    pub(super) fn form_of(&self, procedure: &Procedure) -> &Form {
        &self.forms[procedure.form]
    }
}

impl Asked {
    fn of(question: &Question) -> Asked {
        Asked {
            path: question.id.clone(),
            kind: question.kind,
            options: question.options.iter().map(|option| option.id.clone()).collect(),
        }
    }
}

/// `3f0a…`: sixteen hexadecimal digits.
pub fn hash_text(hash: Hash) -> String {
    hex::digits(&hash)
}

/// The present codebook and older ones, with what is asked now.
#[derive(Clone, Debug)]
pub struct Codebooks {
    present: Codebook,
    present_hash: Hash,
    older: BTreeMap<Hash, Codebook>,
    /// Questions by path, as they are asked now.
    asked: BTreeMap<String, Question>,
    /// Ids of the procedures that are offered now.
    offered: BTreeSet<String>,
}

impl Codebooks {
    /// The codebook of `day` alone.
    pub fn of(config: &Config, forms: &Forms, day: Date) -> Codebooks {
        let present = Codebook::of(config, forms, day);
        let mut asked = BTreeMap::new();
        for form in present.forms.iter().filter_map(|form| forms.on(&form.id, day)) {
            for question in form.questions() {
                asked.entry(question.id.clone()).or_insert_with(|| question.clone());
            }
        }
        let offered = present.procedures.iter().map(|procedure| procedure.id.clone()).collect();
        let present_hash = present.hash();
        Codebooks { present, present_hash, older: BTreeMap::new(), asked, offered }
    }

    /// These, and older ones.
    #[must_use]
    pub fn with_older(mut self, older: impl IntoIterator<Item = Codebook>) -> Codebooks {
        self.older.extend(older.into_iter().map(|book| (book.hash(), book)));
        self
    }

    /// The codebook of today.
    pub fn present(&self) -> &Codebook {
        &self.present
    }

    pub(super) fn by_hash(&self, hash: Hash) -> Option<&Codebook> {
        if hash == self.present_hash { Some(&self.present) } else { self.older.get(&hash) }
    }

    pub(super) fn question(&self, path: &str) -> Option<&Question> {
        self.asked.get(path)
    }

    pub(super) fn offers(&self, procedure: &str) -> bool {
        self.offered.contains(procedure)
    }
}
