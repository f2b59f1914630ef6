//! Reads the files of a configuration folder and applies every rule.

use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;
use time::Date;

use super::site::Site;
use super::{Cashless, Config, Demo, Lane, Printers, Written};
use super::{against_forms, appointments, cashless, counters, demo_staff};
use super::{devices, exports, fees, procedures, register, residents, unpriced};
use crate::appointment::Plan;
use crate::document::{Document, nearest};
use crate::export::Profiles;
use crate::fault::Fault;
use crate::form::Forms;
use crate::register::Columns;

/// What the files say, each with where it is written; `None` where there is
/// nothing to be understood.
struct Read {
    site: Option<(Site, Document)>,
    counters: Option<(counters::File, Document)>,
    procedures: Option<(procedures::File, Document)>,
    fees: Option<(fees::File, Document)>,
    devices: Option<(devices::File, Document)>,
    printers: Option<Printers>,
    cashless: Cashless,
    exports: Option<(Profiles, Document)>,
    register: Option<(Columns, Document)>,
    appointments: Option<Plan>,
    demo: Demo,
}

impl Config {
    /// Reads every file of `dir`. All faults of all files are told at once; what
    /// only the templates can confirm, [`Config::against_forms`] asks.
    pub fn load(dir: &Path) -> Result<Config, Vec<Fault>> {
        let (read, faults) = Read::folder(dir);
        let Read { site, counters, procedures, fees, devices, .. } = read;
        let Read { printers, cashless, exports, register, appointments, demo, .. } = read;
        match (site, counters, procedures, fees, devices) {
            (Some(site), Some(counters), Some(procedures), Some(fees), Some(devices))
                if faults.is_empty() =>
            {
                let keeps = site.0.queue.keep_over_night;
                let (exports, of_exports) = exports.unzip();
                let (register, of_register) = register.unzip();
                let lanes = procedures.0.lane.into_iter().map(|lane| Lane { keeps, ..lane });
                Ok(Config {
                    site: site.0,
                    counters: counters.0.counter,
                    sections: procedures.0.section,
                    lanes: lanes.collect(),
                    procedures: procedures.0.procedure,
                    fees: fees.0.fee,
                    exemptions: fees.0.exemption,
                    items: fees.0.item,
                    readers: devices.0.reader,
                    scanners: devices.0.scanner,
                    display_groups: devices.0.display_group,
                    printers: printers.unwrap_or_default(),
                    cashless,
                    exports: exports.map(Profiles::profiles).unwrap_or_default(),
                    register,
                    appointments,
                    demo,
                    written: Written {
                        procedures: procedures.1,
                        fees: fees.1,
                        exports: of_exports,
                        register: of_register,
                    },
                })
            }
            _ => Err(faults),
        }
    }

    /// Everything that is wrong in `dir`: also references to `forms`, where those
    /// could be read, whatever else is wrong, things without a price `today`, and
    /// files nobody reads. What `not_drawn` gives of a text that is printed is told as missing in every font.
    pub fn faults(
        dir: &Path,
        forms: Option<&Forms>,
        today: Date,
        not_drawn: impl Fn(&str) -> Option<String>,
    ) -> Vec<Fault> {
        let (read, mut faults) = Read::folder(dir);
        if let (Some((file, document)), Some(forms)) = (&read.procedures, forms) {
            faults.extend(against_forms::procedures(file, document, forms));
        }
        if let (Some((file, document)), Some(forms)) = (&read.fees, forms) {
            let priced = (file.fee.as_slice(), file.exemption.as_slice());
            faults.extend(against_forms::fees(priced, document, forms));
            let procedures = read.procedures.as_ref().map(|(file, _)| file.procedure.as_slice());
            let charges = read.site.as_ref().is_some_and(|(site, _)| site.modules.payment);
            if let Some(procedures) = procedures.filter(|_| charges) {
                faults.extend(unpriced::faults((file, document), procedures, forms, today));
            }
        }
        if let (Some((file, document)), Some(forms)) = (&read.exports, forms) {
            faults.extend(against_forms::exports(&file.export, document, forms));
        }
        if let (Some((file, document)), Some(forms)) = (&read.register, forms) {
            faults.extend(against_forms::register(file, document, forms));
        }
        if let Some((site, mut document)) = read.site {
            site.check_drawn(&mut document, not_drawn);
            faults.extend(document.faults());
        }
        faults.extend(strange_files(dir));
        // Each document also tells what it told before.
        faults.sort();
        faults.dedup();
        faults
    }
}

impl Read {
    fn folder(dir: &Path) -> (Read, Vec<Fault>) {
        let mut folder = Folder { dir, faults: Vec::new() };
        let site = folder.read("site.toml", Site::check);
        let site_is_sound = folder.faults.is_empty();
        let procedures = folder.read("procedures.toml", procedures::File::check);
        let fees = folder.read("fees.toml", fees::File::check);
        let lanes = procedures.as_ref().map(|(file, _)| file.lane_ids());
        let devices = folder.read("devices.toml", |file: &devices::File, document| {
            file.check(document, lanes.as_deref());
        });
        // What looks across files keeps silent about what it cannot see: the
        // other file's own fault is told already.
        let sections = procedures.as_ref().map(|(file, _)| file.section_ids());
        let counters = folder.read("counters.toml", |file: &counters::File, document| {
            file.check(document, sections.as_deref(), lanes.as_deref());
        });
        let numbers = counters.as_ref().map(|(file, _)| file.numbers());
        let cashless = folder.read_cashless(numbers.as_deref());
        let exports = folder.read_exports();
        let register = folder.read_register();
        let printers = folder.read_printers(sections.as_deref());
        if let (Some(printers), Some(site), Some(procedures)) = (&printers, &site, &procedures) {
            folder.faults.extend(printers.lacking_letters(site, procedures));
        }
        let lanes = procedures.as_ref().map(|(file, _)| file.lane.as_slice());
        let appointments = folder.read_appointments(site.as_ref(), lanes);
        let town = site.as_ref().filter(|_| site_is_sound).map(|(site, _)| site.town.address());
        let demo = folder.read_demo(town.as_deref());
        let uses_cards = site.as_ref().is_none_or(|(site, _)| site.modules.card_reader);
        if let Some((devices, document)) = devices.as_ref().filter(|_| uses_cards) {
            let has_residents = dir.join("demo").is_dir();
            folder.add_new(devices.cannot_start(document.clone(), has_residents));
        }
        let read = Read {
            site,
            counters,
            procedures,
            fees,
            devices,
            printers,
            cashless,
            exports,
            register,
            appointments,
            demo,
        };
        (read, folder.faults)
    }
}

/// Files that look like configuration and are read by nobody: most are one that
/// is misspelt. Hidden files are left alone.
fn strange_files(dir: &Path) -> Vec<Fault> {
    const KNOWN: [&str; 11] = [
        "site.toml",
        "counters.toml",
        "procedures.toml",
        "fees.toml",
        "devices.toml",
        "printers.toml",
        cashless::FILE,
        exports::FILE,
        register::FILE,
        appointments::FILE,
        "demo",
    ];
    const IN_DEMO: [&str; 2] = ["residents.toml", "staff.toml"];
    let strange = |dir: &Path, known: &[&'static str]| -> Vec<Fault> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| !name.starts_with('.') && !known.contains(&name.as_str()))
            .map(|name| {
                let instead = match nearest(&name, known) {
                    Some(near) => format!("「{near}」のことなら、名前を直してください"),
                    None => "使わないファイルは、このフォルダーから出してください".to_owned(),
                };
                Fault::new(dir.join(&name), None, "読まれないファイルです", instead)
            })
            .collect()
    };
    [strange(dir, &KNOWN), strange(&dir.join("demo"), &IN_DEMO)].concat()
}

/// The folder being read, and what is wrong in it so far.
struct Folder<'a> {
    dir: &'a Path,
    faults: Vec<Fault>,
}

impl Folder<'_> {
    /// One file after its rules were applied.
    fn read<T: DeserializeOwned>(
        &mut self,
        name: &str,
        check: impl FnOnce(&T, &mut Document),
    ) -> Option<(T, Document)> {
        let file = self.dir.join(name);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                self.faults.push(unreadable(&file, &error));
                return None;
            }
        };
        // What Windows' editor puts before the first line.
        let text = text.trim_start_matches('\u{FEFF}').to_owned();
        let mut document = Document::parse(&file, &text);
        super::rules::no_personal_number(&mut document, &text);
        let value = document.read::<T>();
        if let Some(value) = &value {
            check(value, &mut document);
        }
        self.faults.extend(document.faults());
        value.map(|value| (value, document))
    }

    /// The printers; an office without the file prints through browsers.
    fn read_printers(&mut self, sections: Option<&[&str]>) -> Option<Printers> {
        if !self.dir.join("printers.toml").exists() {
            return None;
        }
        let read = self.read("printers.toml", |file: &Printers, document| {
            file.check(document, sections);
        });
        read.map(|(printers, _)| printers)
    }

    /// What is paid with besides cash; an office without the file takes cash.
    fn read_cashless(&mut self, counters: Option<&[u32]>) -> Cashless {
        if !self.dir.join(cashless::FILE).exists() {
            return Cashless::default();
        }
        let has_demo = self.dir.join("demo").is_dir();
        let read = self.read(cashless::FILE, |file: &Cashless, document| {
            file.check(document, counters);
            file.check_simulated(document, has_demo);
        });
        read.map(|(cashless, _)| cashless).unwrap_or_default()
    }

    /// The files for other systems; an office without the file writes none.
    fn read_exports(&mut self) -> Option<(Profiles, Document)> {
        if !self.dir.join(exports::FILE).exists() {
            return None;
        }
        self.read(exports::FILE, exports::check)
    }

    /// What rows of the resident register fill; an office without the file loads none.
    fn read_register(&mut self) -> Option<(Columns, Document)> {
        if !self.dir.join(register::FILE).exists() {
            return None;
        }
        self.read(register::FILE, register::check)
    }

    /// What can be booked; an office that takes no appointments needs no such file.
    fn read_appointments(
        &mut self,
        site: Option<&(Site, Document)>,
        lanes: Option<&[Lane]>,
    ) -> Option<Plan> {
        if !self.dir.join(appointments::FILE).exists() {
            if let Some((site, document)) = site.filter(|(site, _)| site.modules.appointments) {
                let mut document = document.clone();
                site.lacks_appointments(&mut document);
                self.add_new(document.faults());
            }
            return None;
        }
        let read = self.read(appointments::FILE, |plan: &Plan, document| {
            appointments::check(plan, document, lanes);
            if let Some((site, _)) = site {
                appointments::check_against_site(plan, document, site);
            }
        });
        read.map(|(plan, _)| plan)
    }

    /// Notes what a document tells, and has not told before.
    fn add_new(&mut self, mut found: Vec<Fault>) {
        found.retain(|fault| !self.faults.contains(fault));
        self.faults.extend(found);
    }

    /// The demonstration's files, where there is such a folder.
    fn read_demo(&mut self, town: Option<&str>) -> Demo {
        if !self.dir.join("demo").is_dir() {
            return Demo::default();
        }
        let residents = self.read("demo/residents.toml", |file: &residents::File, document| {
            file.check(document, town);
        });
        let staff = self.read("demo/staff.toml", demo_staff::File::check);
        Demo {
            households: residents.map(|(file, _)| file.household).unwrap_or_default(),
            staff: staff.map(|(file, _)| file.staff).unwrap_or_default(),
        }
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Fault {
    let from_example = "見本の設定（kiosk-config/example）の同じ名前のファイルから作ってください";
    let (message, instead) = match error.kind() {
        ErrorKind::NotFound => ("ファイルがありません".to_owned(), from_example),
        ErrorKind::InvalidData => {
            ("文字コードが UTF-8 ではありません".to_owned(), "UTF-8 で保存してください")
        }
        _ => (format!("ファイルを読めません（{error}）"), from_example),
    };
    Fault::new(file, None, message, instead)
}
