//! Reads the files of a configuration folder and applies every rule.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use time::Date;

use super::files::Files;
use super::pieces::Piece;
use super::site::Site;
use super::{Cashless, Config, Demo, Lane, Printers, Written};
use super::{against_forms, appointments, cashless, counters, demo_staff};
use super::{devices, exports, fees, procedures, register, residents, unpriced};
use crate::appointment::Plan;
use crate::document::Document;
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
        let files = Arc::new(Files::read(dir));
        let (read, faults) = Read::files(&files);
        read.whole(files).filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// The same with `pieces` in the place of what the files said when they were read,
    /// by every rule that `madoguchi check` asks. What was wrong with `before` already is
    /// no fault of theirs. The site stays as it is.
    pub fn with(
        &self,
        before: &[Piece<'_>],
        pieces: &[Piece<'_>],
        forms: &Forms,
        today: Date,
    ) -> Result<Config, Vec<Fault>> {
        let read = |pieces: &[Piece<'_>]| {
            let (files, mut faults) = self.files.with(pieces);
            let (read, of_files) = Read::files(&files);
            faults.extend(of_files);
            faults.extend(read.against_forms(forms, today));
            (read, faults)
        };
        let ((_, known), (read, mut faults)) = (read(before), read(pieces));
        faults.retain(|fault| !known.contains(fault));
        faults.sort();
        faults.dedup();
        let whole = read.whole(self.files.clone()).filter(|_| faults.is_empty()).ok_or(faults)?;
        Ok(Config { site: self.site.clone(), ..whole })
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
        let (read, mut faults) = Read::files(&Files::read(dir));
        if let Some(forms) = forms {
            faults.extend(read.against_forms(forms, today));
        }
        if let Some((site, mut document)) = read.site {
            site.check_drawn(&mut document, not_drawn);
            faults.extend(document.faults());
        }
        faults.extend(super::files::strange(dir));
        // Each document also tells what it told before.
        faults.sort();
        faults.dedup();
        faults
    }
}

impl Read {
    /// What everything says of forms, held against `forms`, and what has no price `today`.
    fn against_forms(&self, forms: &Forms, today: Date) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some((file, document)) = &self.procedures {
            faults.extend(against_forms::procedures(file, document, forms));
        }
        if let Some((file, document)) = &self.fees {
            let priced = (file.fee.as_slice(), file.exemption.as_slice());
            faults.extend(against_forms::fees(priced, document, forms));
            let procedures = self.procedures.as_ref().map(|(file, _)| file.procedure.as_slice());
            let charges = self.site.as_ref().is_some_and(|(site, _)| site.modules.payment);
            if let Some(procedures) = procedures.filter(|_| charges) {
                faults.extend(unpriced::faults((file, document), procedures, forms, today));
            }
        }
        if let Some((file, document)) = &self.exports {
            faults.extend(against_forms::exports(&file.export, document, forms));
        }
        if let Some((file, document)) = &self.register {
            faults.extend(against_forms::register(file, document, forms));
        }
        faults
    }

    /// All of it, where nothing is missing.
    fn whole(self, files: Arc<Files>) -> Option<Config> {
        let Read { site, counters, procedures, fees, devices, .. } = self;
        let Read { printers, cashless, exports, register, appointments, demo, .. } = self;
        let (site, counters, procedures) = (site?.0, counters?.0, procedures?);
        let (fees, devices) = (fees?, devices?.0);
        let keeps = site.queue.keep_over_night;
        let (exports, of_exports) = exports.unzip();
        let (register, of_register) = register.unzip();
        let lanes = procedures.0.lane.into_iter().map(|lane| Lane { keeps, ..lane });
        Some(Config {
            site,
            counters: counters.counter,
            sections: procedures.0.section,
            lanes: lanes.collect(),
            procedures: procedures.0.procedure,
            fees: fees.0.fee,
            exemptions: fees.0.exemption,
            items: fees.0.item,
            readers: devices.reader,
            scanners: devices.scanner,
            display_groups: devices.display_group,
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
            files,
        })
    }

    fn files(files: &Files) -> (Read, Vec<Fault>) {
        let mut folder = Folder { files, faults: Vec::new() };
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
            folder.add_new(devices.cannot_start(document.clone(), files.has_demo()));
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

/// The folder being read, and what is wrong in it so far.
struct Folder<'a> {
    files: &'a Files,
    faults: Vec<Fault>,
}

impl Folder<'_> {
    /// One file after its rules were applied.
    fn read<T: DeserializeOwned>(
        &mut self,
        name: &str,
        check: impl FnOnce(&T, &mut Document),
    ) -> Option<(T, Document)> {
        let (shown, text) = match self.files.text(name) {
            Ok(found) => found,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        let mut document = Document::parse(shown, text);
        super::rules::no_personal_number(&mut document, text);
        let value = document.read::<T>();
        if let Some(value) = &value {
            check(value, &mut document);
        }
        self.faults.extend(document.faults());
        value.map(|value| (value, document))
    }

    /// The printers; an office without the file prints through browsers.
    fn read_printers(&mut self, sections: Option<&[&str]>) -> Option<Printers> {
        if !self.files.has("printers.toml") {
            return None;
        }
        let read = self.read("printers.toml", |file: &Printers, document| {
            file.check(document, sections);
        });
        read.map(|(printers, _)| printers)
    }

    /// What is paid with besides cash; an office without the file takes cash.
    fn read_cashless(&mut self, counters: Option<&[u32]>) -> Cashless {
        if !self.files.has(cashless::FILE) {
            return Cashless::default();
        }
        let has_demo = self.files.has_demo();
        let read = self.read(cashless::FILE, |file: &Cashless, document| {
            file.check(document, counters);
            file.check_simulated(document, has_demo);
        });
        read.map(|(cashless, _)| cashless).unwrap_or_default()
    }

    /// The files for other systems; an office without the file writes none.
    fn read_exports(&mut self) -> Option<(Profiles, Document)> {
        if !self.files.has(exports::FILE) {
            return None;
        }
        self.read(exports::FILE, exports::check)
    }

    /// What rows of the resident register fill; an office without the file loads none.
    fn read_register(&mut self) -> Option<(Columns, Document)> {
        if !self.files.has(register::FILE) {
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
        if !self.files.has(appointments::FILE) {
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
        if !self.files.has_demo() {
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
