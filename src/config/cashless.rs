//! `cashless.toml`: what can be paid with besides cash, at which terminals, and the
//! companies that take the money for the town. An office without this file takes cash.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};
use crate::lang::{Lang, Words};
use crate::payment::{Means, THE_CODE};

pub(super) const FILE: &str = "cashless.toml";

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cashless {
    #[serde(default)]
    pub acquirer: Vec<Acquirer>,
    /// In the order a screen offers them.
    #[serde(default)]
    pub brand: Vec<Brand>,
    #[serde(default)]
    pub terminal: Vec<Terminal>,
}

/// A company that takes money for the town (指定納付受託者, 地方自治法 231条の2の2 and
/// following). The town publishes its name and place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acquirer {
    pub id: String,
    pub name: Words,
    /// Where it is, as it was published.
    pub place: String,
}

/// A brand: what stands on the card, or the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    pub id: String,
    pub name: Words,
    pub means: Means,
    /// Id of the company it is settled by.
    pub acquirer: String,
    /// What the terminals call it; left out, its id.
    code: Option<String>,
    /// Whether a terminal takes a payment back. Many take no 電子マネー back: then the
    /// money is given back in cash.
    #[serde(default = "yes")]
    pub void: bool,
}

impl Brand {
    /// What terminals call it.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.id)
    }
}

/// One terminal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    pub id: String,
    pub name: Words,
    pub kind: TerminalKind,
    /// Numbers of the counters it stands at; left out, all.
    pub counters: Option<Vec<u32>>,
    /// Ids of the brands it takes; left out, all.
    pub brands: Option<Vec<String>>,
    /// Names of the tablets it stands beside: residents choose there what to pay with. Of
    /// all but `manual`; left out, none.
    pub kiosks: Option<Vec<String>>,
    /// Of `line`: `host:port`.
    pub address: Option<String>,
    /// Of all but `manual`: seconds from asking to giving up.
    wait_secs: Option<u32>,
}

/// How a terminal learns the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalKind {
    /// A clerk types the amount there, and its slip's number here.
    Manual,
    /// It is asked over a line.
    Line,
    /// The one that is built in, for the demonstration.
    Simulated,
}

fn yes() -> bool {
    true
}

/// Long enough to look for a card and to type a PIN.
const WAIT_SECS: u32 = 120;

impl Terminal {
    /// Whether it is asked by this program, and not by a clerk.
    pub fn is_linked(&self) -> bool {
        self.kind != TerminalKind::Manual
    }

    /// Seconds from asking to giving up.
    pub fn wait_secs(&self) -> u32 {
        self.wait_secs.unwrap_or(WAIT_SECS)
    }

    /// Whether it stands at this counter.
    pub fn is_at(&self, counter: u32) -> bool {
        self.counters.as_ref().is_none_or(|own| own.contains(&counter))
    }

    fn takes(&self, brand: &Brand) -> bool {
        self.brands.as_ref().is_none_or(|own| own.contains(&brand.id))
    }
}

impl Cashless {
    /// The terminal with this id.
    pub fn terminal(&self, id: &str) -> Option<&Terminal> {
        self.terminal.iter().find(|terminal| terminal.id == id)
    }

    /// What a terminal is called; `JPQR` for the code on the desk's own screen, and the id
    /// where the town took it out since.
    pub fn terminal_name<'c>(&'c self, id: &'c str, lang: Lang) -> &'c str {
        match self.terminal(id) {
            _ if id == THE_CODE => "JPQR",
            Some(terminal) => terminal.name.in_lang(lang),
            None => id,
        }
    }

    /// The brands that a wallet can be of.
    pub fn wallets(&self) -> impl Iterator<Item = &Brand> {
        self.brand.iter().filter(|brand| brand.means == Means::Qr)
    }

    /// The brand with this id.
    pub fn brand(&self, id: &str) -> Option<&Brand> {
        self.brand.iter().find(|brand| brand.id == id)
    }

    /// The brand that a terminal calls so.
    pub fn brand_called(&self, code: &str) -> Option<&Brand> {
        self.brand.iter().find(|brand| brand.code() == code)
    }

    /// The terminal that stands beside this tablet.
    pub fn beside(&self, kiosk: &str) -> Option<&Terminal> {
        let is_beside = |one: &&Terminal| one.kiosks.iter().flatten().any(|name| name == kiosk);
        self.terminal.iter().filter(|one| one.is_linked()).find(is_beside)
    }

    /// The company with this id.
    pub fn acquirer(&self, id: &str) -> Option<&Acquirer> {
        self.acquirer.iter().find(|acquirer| acquirer.id == id)
    }

    /// The brands that this terminal takes.
    pub fn brands_of<'c>(&'c self, terminal: &'c Terminal) -> impl Iterator<Item = &'c Brand> {
        self.brand.iter().filter(|brand| terminal.takes(brand))
    }

    /// The brand, where this terminal takes it by these means. One that was taken out of
    /// the file meanwhile may have taken any.
    pub fn brand_at(&self, terminal: &str, brand: &str, means: Means) -> Option<&Brand> {
        let brand = self.brand(brand).filter(|brand| brand.means == means)?;
        let terminal = self.terminal(terminal);
        terminal.is_none_or(|terminal| terminal.takes(brand)).then_some(brand)
    }

    /// Rules of this file; `counters` are the numbers that exist, where known.
    pub(super) fn check(&self, document: &mut Document, counters: Option<&[u32]>) {
        rules::ids(document, "acquirer", self.acquirer.iter().map(|one| one.id.as_str()));
        rules::ids(document, "brand", self.brand.iter().map(|one| one.id.as_str()));
        rules::ids(document, "terminal", self.terminal.iter().map(|one| one.id.as_str()));
        let acquirers: Vec<&str> = self.acquirer.iter().map(|one| one.id.as_str()).collect();
        for (row, acquirer) in self.acquirer.iter().enumerate() {
            let place = Place::key_of("acquirer").row(row);
            booked(document, place.clone().key("id"), &acquirer.id);
            rules::words(document, place.clone().key("name"), &acquirer.name);
            rules::filled(document, place.key("place"), &acquirer.place);
        }
        let mut codes = BTreeSet::new();
        for (row, brand) in self.brand.iter().enumerate() {
            let place = Place::key_of("brand").row(row);
            booked(document, place.clone().key("id"), &brand.id);
            rules::words(document, place.clone().key("name"), &brand.name);
            let acquirer = place.clone().key("acquirer");
            rules::reference(document, acquirer, &brand.acquirer, "acquirer", &acquirers);
            let is_code = |c: char| c.is_ascii_graphic();
            let code = if brand.code.is_some() { "code" } else { "id" };
            document.require(
                !brand.code().is_empty()
                    && brand.code().len() <= 20
                    && brand.code().chars().all(is_code),
                place.clone().key(code),
                format!("「{}」は端末での名前に使えません", brand.code()),
                "空白のない20文字までの半角文字で書いてください",
            );
            document.require(
                codes.insert(brand.code()),
                place.key(code),
                format!("端末での名前「{}」が重なっています", brand.code()),
                "ブランドごとに違う名前にしてください",
            );
        }
        self.check_terminals(document, counters);
    }

    /// Without the demonstration's folder this is a real office, where the terminal that
    /// is built in would take nobody's money and say that it did.
    pub(super) fn check_simulated(&self, document: &mut Document, has_demo: bool) {
        for (row, terminal) in self.terminal.iter().enumerate() {
            document.require(
                has_demo || terminal.kind != TerminalKind::Simulated,
                Place::key_of("terminal").row(row).key("kind"),
                "内蔵の見本（simulated）は、デモだけのものです",
                "manual か line にするか、この端末を消してください",
            );
        }
    }

    fn check_terminals(&self, document: &mut Document, counters: Option<&[u32]>) {
        let brands: Vec<&str> = self.brand.iter().map(|one| one.id.as_str()).collect();
        let mut addresses = BTreeSet::new();
        for (row, terminal) in self.terminal.iter().enumerate() {
            let place = Place::key_of("terminal").row(row);
            booked(document, place.clone().key("id"), &terminal.id);
            document.require(
                terminal.id != THE_CODE,
                place.clone().key("id"),
                format!("「{THE_CODE}」は、画面に出すコード（JPQR）の記号です"),
                "ほかの記号にしてください",
            );
            rules::words(document, place.clone().key("name"), &terminal.name);
            for brand in terminal.brands.iter().flatten() {
                rules::reference(document, place.clone().key("brands"), brand, "brand", &brands);
            }
            let no_brand = self.brands_of(terminal).next().is_none();
            let any = if terminal.brands.is_some() { "brands" } else { "id" };
            document.require(
                !no_brand,
                place.clone().key(any),
                "この端末で払えるブランドがありません",
                "[[brand]] を書き、brands に並べてください",
            );
            for counter in terminal.counters.iter().flatten() {
                document.require(
                    counters.is_none_or(|known| known.contains(counter)),
                    place.clone().key("counters"),
                    format!("窓口 {counter} は counters.toml にありません"),
                    "counters.toml にある番号を書いてください",
                );
            }
            document.require(
                terminal.counters.as_ref().is_none_or(|own| !own.is_empty()),
                place.clone().key("counters"),
                "どの窓口にもありません",
                "窓口の番号を書くか、この行を消してください（消すと、すべての窓口で使えます）",
            );
            terminal.check_line(document, &place);
            document.require(
                terminal.kiosks.is_none() || terminal.is_linked(),
                place.clone().key("kiosks"),
                "manual の端末は、来庁者の端末から使えません",
                "この行を消すか、kind = \"line\" にしてください",
            );
            if let Some(address) = &terminal.address {
                document.require(
                    addresses.insert(address),
                    place.key("address"),
                    format!("「{address}」は、ほかの端末の接続先です"),
                    "端末ごとに違う接続先を書いてください",
                );
            }
        }
    }
}

impl Terminal {
    fn check_line(&self, document: &mut Document, place: &Place) {
        match (self.kind, &self.address) {
            (TerminalKind::Line, None) => document.fault(
                place.clone().key("kind"),
                "line の端末に address がありません",
                "端末の「番地:ポート」を address に書いてください",
            ),
            (TerminalKind::Line, Some(address)) => document.require(
                is_host_and_port(address),
                place.clone().key("address"),
                format!("「{address}」は接続先として読めません"),
                "「192.0.2.30:9300」のように「番地:ポート」で書いてください",
            ),
            (_, Some(_)) => document.fault(
                place.clone().key("address"),
                "address は line の端末だけのものです",
                "この行を消すか、kind = \"line\" にしてください",
            ),
            (_, None) => {}
        }
        let wait = place.clone().key("wait_secs");
        match self.wait_secs {
            Some(_) if !self.is_linked() => document.fault(
                wait,
                "manual の端末は、このプログラムから呼ばれません",
                "この行を消してください",
            ),
            Some(secs) => rules::range(document, wait, secs, [1, 600]),
            None => {}
        }
    }
}

/// An id that stands in the books: accounts have no `-` in their names, and twenty
/// letters at most.
fn booked(document: &mut Document, place: Place, id: &str) {
    document.require(
        !id.contains('-') && id.len() <= 20,
        place,
        format!("「{id}」は帳簿に使えません"),
        "20文字までにし、「-」の代わりに「_」を使ってください",
    );
}

fn is_host_and_port(address: &str) -> bool {
    let Some((host, port)) = address.rsplit_once(':') else { return false };
    !host.is_empty()
        && !host.contains(char::is_whitespace)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}
