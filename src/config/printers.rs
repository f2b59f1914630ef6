//! `printers.toml`: the printers, and which of them prints what. An office
//! without this file prints through the clerk's browser.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::procedures::{self, SECTIONS};
use super::rules;
use super::site::Site;
use crate::document::{Document, Place};
use crate::fault::Fault;
use crate::lang::{Lang, Words};
use crate::printer::{
    self, Address, CupsPrinter, CupsQueue, CupsServer, Pages, Qr, Roll, SlipPrinter,
};

/// One printer, or the browser of whoever prints.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    pub id: String,
    pub name: Words,
    pub kind: PrinterKind,
    /// Of `cups`: the queue's name.
    queue: Option<String>,
    /// Of `cups`: `host:port`, or the path of its socket.
    server: Option<String>,
    /// Of `cups`: the paper's size.
    media: Option<String>,
    /// Of `cups`: the tray, as the driver names it.
    tray: Option<String>,
    /// Of `tcp`: `host:port`.
    address: Option<String>,
    /// Of `device`: the file.
    path: Option<PathBuf>,
    /// Of `tcp` and `device`: half-width letters on a line.
    columns: Option<u32>,
    /// Of `tcp` and `device`.
    qr: Option<Qr>,
    /// Of `tcp` and `device`: whether it can be asked how it is.
    answers: Option<bool>,
    /// Of `browser` and `cups`: what slips are printed on.
    slip_pages: Option<Pages>,
    /// Of `browser` and `cups`: how far this printer shifts what it prints on the
    /// town's own paper, to the right and down.
    #[serde(default)]
    pub offset_mm: [f32; 2],
    /// How many slips: the second stays at the counter.
    #[serde(default = "one")]
    pub copies: u32,
    /// Seconds from sending to giving up.
    wait_secs: Option<u32>,
}

/// How a printer is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrinterKind {
    /// A PDF in the browser, printed by hand.
    Browser,
    /// A queue of CUPS.
    Cups,
    /// ESC/POS at a TCP port.
    Tcp,
    /// ESC/POS at a device file.
    Device,
}

/// A printer for the papers of some sections.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PapersRole {
    pub printer: String,
    /// Ids of sections; left out, all.
    pub sections: Option<Vec<String>>,
}

/// A printer for hand-over slips.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlipsRole {
    pub printer: String,
    /// Names of tablets whose residents get a slip; left out, all tablets. Empty,
    /// none.
    pub kiosks: Option<Vec<String>>,
    /// Whether the desk's button prints here.
    #[serde(default)]
    pub desk: bool,
}

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printers {
    #[serde(default)]
    pub printer: Vec<Printer>,
    #[serde(default)]
    pub papers: Vec<PapersRole>,
    #[serde(default)]
    pub slips: Vec<SlipsRole>,
}

fn one() -> u32 {
    1
}

const SOCKET: &str = "/run/cups/cups.sock";
const MEDIA: &str = "A4";
const COLUMNS: u32 = 48;
const WAIT_SECS: u32 = 60;

impl Printer {
    /// Whether it takes slips as bytes of ESC/POS and nothing else.
    pub fn is_for_slips(&self) -> bool {
        matches!(self.kind, PrinterKind::Tcp | PrinterKind::Device)
    }

    /// What this program prints on by itself; `None` for a browser.
    pub fn connected(&self) -> Option<Box<dyn printer::Printer>> {
        let wait = Duration::from_secs(self.wait_secs.unwrap_or(WAIT_SECS).into());
        let answers = self.answers.unwrap_or(true);
        Some(match self.kind {
            PrinterKind::Browser => return None,
            PrinterKind::Cups => {
                let server = self.server.as_deref().unwrap_or(SOCKET);
                Box::new(CupsPrinter::new(CupsQueue {
                    server: match server.starts_with('/') {
                        true => CupsServer::Socket(server.into()),
                        false => CupsServer::Host(server.to_owned()),
                    },
                    queue: self.queue.clone()?,
                    media: self.media.clone().unwrap_or_else(|| MEDIA.to_owned()),
                    tray: self.tray.clone(),
                    wait,
                }))
            }
            PrinterKind::Tcp => {
                let address = Address::Tcp(self.address.clone()?);
                Box::new(SlipPrinter { address, answers, wait })
            }
            PrinterKind::Device => {
                let address = Address::Device(self.path.clone()?);
                Box::new(SlipPrinter { address, answers, wait })
            }
        })
    }

    /// What a slip is printed on, where it is printed as a PDF.
    pub fn slip_pages(&self) -> Pages {
        self.slip_pages.unwrap_or_default()
    }

    /// Slips in the language of a slip printer, each cut off.
    pub fn slip_bytes(&self, rolls: &[Roll]) -> Vec<u8> {
        let columns = self.columns.unwrap_or(COLUMNS) as usize;
        let bytes = |roll| printer::bytes(roll, columns, self.qr.unwrap_or_default());
        rolls.iter().flat_map(bytes).collect()
    }
}

impl Printers {
    /// The printer with this id.
    pub fn get(&self, id: &str) -> Option<&Printer> {
        self.printer.iter().find(|printer| printer.id == id)
    }

    /// The printer for the papers of a section: of the first role that fits.
    /// `None` is the clerk's browser.
    pub fn for_papers(&self, section: &str) -> Option<&Printer> {
        let role = self.papers.iter().find(|role| {
            let sections = role.sections.as_ref();
            sections.is_none_or(|ids| ids.iter().any(|id| id == section))
        });
        role.and_then(|role| self.connected(&role.printer))
    }

    /// Those that papers can be sent to.
    pub fn all_for_papers(&self) -> impl Iterator<Item = &Printer> {
        self.printer.iter().filter(|printer| printer.kind == PrinterKind::Cups)
    }

    /// Those that slips can be sent to.
    pub fn all_for_slips(&self) -> impl Iterator<Item = &Printer> {
        self.printer.iter().filter(|printer| printer.kind != PrinterKind::Browser)
    }

    /// The printer beside a tablet, by the tablet's name.
    pub fn for_kiosk(&self, name: &str) -> Option<&Printer> {
        let role = self.slips.iter().find(|role| {
            let kiosks = role.kiosks.as_ref();
            kiosks.is_none_or(|names| names.iter().any(|own| own == name))
        });
        role.and_then(|role| self.connected(&role.printer))
    }

    /// The printer for slips of the desk's button. `None` is the clerk's browser.
    pub fn for_desk_slips(&self) -> Option<&Printer> {
        let role = self.slips.iter().find(|role| role.desk);
        role.and_then(|role| self.connected(&role.printer))
    }

    /// How far a printer shifts what it prints on the town's own paper; `None` is
    /// the clerk's browser.
    pub fn offset_of(&self, printer: Option<&Printer>) -> [f32; 2] {
        let browser = || self.printer.iter().find(|one| one.kind == PrinterKind::Browser);
        printer.or_else(browser).map(|one| one.offset_mm).unwrap_or_default()
    }

    /// What a slip from a browser is printed on, and how many.
    pub fn slips_of_browser(&self) -> (Pages, u32) {
        let browser = self.printer.iter().find(|one| one.kind == PrinterKind::Browser);
        (browser.map(Printer::slip_pages).unwrap_or_default(), browser.map_or(1, |one| one.copies))
    }

    fn connected(&self, id: &str) -> Option<&Printer> {
        self.get(id).filter(|printer| printer.kind != PrinterKind::Browser)
    }

    /// Rules of this file; `sections` are the ids that exist, where known.
    pub(super) fn check(&self, document: &mut Document, sections: Option<&[&str]>) {
        rules::ids(document, "printer", self.printer.iter().map(|printer| printer.id.as_str()));
        for (row, printer) in self.printer.iter().enumerate() {
            printer.check(document, &Place::key_of("printer").row(row));
        }
        let known: Vec<&str> = self.printer.iter().map(|printer| printer.id.as_str()).collect();
        for (row, role) in self.papers.iter().enumerate() {
            let place = Place::key_of("papers").row(row);
            let at = place.clone().key("printer");
            rules::reference(document, at.clone(), &role.printer, "[[printer]]", &known);
            document.require(
                self.get(&role.printer).is_none_or(|printer| !printer.is_for_slips()),
                at,
                format!("「{}」は票のプリンターで、用紙は印刷できません", role.printer),
                "kind が \"cups\" か \"browser\" のプリンターを書いてください",
            );
            if let (Some(known), Some(named)) = (sections, &role.sections) {
                for (at, section) in named.iter().enumerate() {
                    let place = place.clone().key("sections").row(at);
                    rules::reference(document, place, section, SECTIONS, known);
                }
            }
        }
        self.check_slips(document, &known);
    }

    fn check_slips(&self, document: &mut Document, known: &[&str]) {
        for (row, role) in self.slips.iter().enumerate() {
            let place = Place::key_of("slips").row(row);
            let at = place.clone().key("printer");
            rules::reference(document, at.clone(), &role.printer, "[[printer]]", known);
            let for_kiosks = role.kiosks.as_ref().is_none_or(|names| !names.is_empty());
            let by_hand =
                self.get(&role.printer).is_some_and(|one| one.kind == PrinterKind::Browser);
            document.require(
                !(for_kiosks && by_hand),
                at,
                "来庁者の端末では、ブラウザーから印刷できません",
                "kind が \"cups\"・\"tcp\"・\"device\" のプリンターを書くか、kiosks = [] にしてください",
            );
            document.require(
                self.slips[..row].iter().all(|before| !before.desk || !role.desk),
                place.key("desk"),
                "職員画面のお渡し票のプリンターが二つあります",
                "desk = true は一つだけに書いてください",
            );
        }
    }

    /// Faults of words that a slip printer has no letters for.
    pub(super) fn lacking_letters(
        &self,
        (site, site_written): &(Site, Document),
        (procedures, procedures_written): &(procedures::File, Document),
    ) -> Vec<Fault> {
        let printer = |role: &SlipsRole| self.get(&role.printer);
        if !self.slips.iter().filter_map(printer).any(Printer::is_for_slips) {
            return Vec::new();
        }
        let (mut of_site, mut of_procedures) = (site_written.clone(), procedures_written.clone());
        letters(&mut of_site, Place::key_of("town").key("name"), &site.town.name);
        words(&mut of_site, &Place::key_of("office").key("name"), &site.office.name);
        for (row, section) in procedures.section.iter().enumerate() {
            let place = Place::key_of("section").row(row).key("name");
            words(&mut of_procedures, &place, &section.name);
        }
        for (row, procedure) in procedures.procedure.iter().enumerate() {
            let place = Place::key_of("procedure").row(row).key("title");
            words(&mut of_procedures, &place, &procedure.title);
        }
        [of_site.faults(), of_procedures.faults()].concat()
    }
}

fn words(document: &mut Document, place: &Place, words: &Words) {
    for lang in Lang::ALL {
        letters(document, place.clone().key(lang.tag()), words.in_lang(lang));
    }
}

fn letters(document: &mut Document, place: Place, text: &str) {
    let lacking: String = printer::lacking(text).into_iter().collect();
    document.require(
        lacking.is_empty(),
        place,
        format!("「{text}」の「{lacking}」は、票のプリンターの文字（CP932）にありません"),
        "近い字に替えるか、票を kind = \"cups\" のプリンターで印刷してください",
    );
}

impl Printer {
    fn check(&self, document: &mut Document, place: &Place) {
        use PrinterKind::{Browser, Cups, Device, Tcp};
        rules::words(document, place.clone().key("name"), &self.name);
        let given = [
            ("queue", self.queue.is_some(), &[Cups][..]),
            ("server", self.server.is_some(), &[Cups]),
            ("media", self.media.is_some(), &[Cups]),
            ("tray", self.tray.is_some(), &[Cups]),
            ("address", self.address.is_some(), &[Tcp]),
            ("path", self.path.is_some(), &[Device]),
            ("columns", self.columns.is_some(), &[Tcp, Device]),
            ("qr", self.qr.is_some(), &[Tcp, Device]),
            ("answers", self.answers.is_some(), &[Tcp, Device]),
            ("slip_pages", self.slip_pages.is_some(), &[Browser, Cups]),
            ("offset_mm", self.offset_mm != [0.0, 0.0], &[Browser, Cups]),
            ("wait_secs", self.wait_secs.is_some(), &[Cups, Tcp, Device]),
        ];
        for (key, is_given, kinds) in given {
            document.require(
                !is_given || kinds.contains(&self.kind),
                place.clone().key(key),
                format!("kind が \"{}\" のプリンターに {key} はありません", self.kind.id()),
                "この行を消すか、kind を確かめてください",
            );
        }
        let needed = match self.kind {
            Browser => None,
            Cups => Some(("queue", self.queue.is_some(), "`lpstat -a` に出る名前")),
            Tcp => Some(("address", self.address.is_some(), "\"192.0.2.20:9100\" のような番地")),
            Device => Some(("path", self.path.is_some(), "\"/dev/usb/lp0\" のようなファイル")),
        };
        if let Some((key, false, example)) = needed {
            document.fault(
                place.clone().key("kind"),
                format!("kind が \"{}\" なのに {key} がありません", self.kind.id()),
                format!("{key} に{example}を書いてください"),
            );
        }
        self.check_values(document, place);
    }

    fn check_values(&self, document: &mut Document, place: &Place) {
        let host = |text: &str| {
            let port = text.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>()));
            matches!(port, Some((host, Ok(1..))) if !host.is_empty())
        };
        let addresses = [("address", &self.address, false), ("server", &self.server, true)];
        for (key, value, may_be_path) in addresses {
            let Some(value) = value else { continue };
            document.require(
                host(value) || (may_be_path && value.starts_with('/')),
                place.clone().key(key),
                format!("「{value}」は接続先として読めません"),
                "「192.0.2.20:9100」のように、番地とポートを : でつないで書いてください",
            );
        }
        for (key, value) in [("queue", &self.queue), ("media", &self.media), ("tray", &self.tray)] {
            let Some(value) = value else { continue };
            document.require(
                !value.is_empty() && value.chars().all(|c| c.is_ascii_graphic() && c != '/'),
                place.clone().key(key),
                format!("「{value}」は {key} に使えません"),
                "`lpstat -a` や `lpoptions -l` に出るとおりの、半角の名前を書いてください",
            );
        }
        if let Some(path) = &self.path {
            document.require(
                path.is_absolute(),
                place.clone().key("path"),
                format!("「{}」は / から始まっていません", path.display()),
                "「/dev/usb/lp0」のように、/ から書いてください",
            );
        }
        if let Some(columns) = self.columns {
            rules::range(document, place.clone().key("columns"), columns, [24, 64]);
        }
        rules::range(document, place.clone().key("copies"), self.copies, [1, 2]);
        if let Some(wait_secs) = self.wait_secs {
            rules::range(document, place.clone().key("wait_secs"), wait_secs, [5, 300]);
        }
        document.require(
            self.offset_mm.iter().all(|mm| mm.is_finite() && mm.abs() <= OFFSET_MM_MAX),
            place.clone().key("offset_mm"),
            format!("{:?} は大きすぎます", self.offset_mm),
            format!("右へ・下へのずれを、-{OFFSET_MM_MAX} から {OFFSET_MM_MAX} までの mm で書いてください"),
        );
    }
}

/// Paper that lies further off is in the wrong tray.
const OFFSET_MM_MAX: f32 = 20.0;

impl PrinterKind {
    fn id(self) -> &'static str {
        match self {
            PrinterKind::Browser => "browser",
            PrinterKind::Cups => "cups",
            PrinterKind::Tcp => "tcp",
            PrinterKind::Device => "device",
        }
    }
}
