//! Reads the files of a configuration folder and applies every rule.

use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::site::Site;
use super::{Config, Demo, Written, counters, demo_staff, devices, fees, procedures, residents};
use crate::document::Document;
use crate::fault::Fault;

impl Config {
    /// Reads every file of `dir`. All faults of all files are told at once; what
    /// only the templates can confirm, [`Config::against_forms`] asks.
    pub fn load(dir: &Path) -> Result<Config, Vec<Fault>> {
        let mut folder = Folder { dir, faults: Vec::new() };
        let site = folder.read("site.toml", Site::check);
        let site_is_sound = folder.faults.is_empty();
        let procedures = folder.read("procedures.toml", procedures::File::check);
        let fees = folder.read("fees.toml", fees::File::check);
        let devices = folder.read("devices.toml", devices::File::check);
        // What looks across files keeps silent about what it cannot see: the
        // other file's own fault is told already.
        let sections = procedures.as_ref().map(|(file, _)| file.section_ids());
        let counters = folder.read("counters.toml", |file: &counters::File, document| {
            file.check(document, sections.as_deref());
        });
        let town = site.as_ref().filter(|_| site_is_sound).map(|(site, _)| site.town.address());
        let demo = folder.read_demo(town.as_deref());
        match (site, counters, procedures, fees, devices) {
            (Some(site), Some(counters), Some(procedures), Some(fees), Some(devices))
                if folder.faults.is_empty() =>
            {
                Ok(Config {
                    site: site.0,
                    counters: counters.0.counter,
                    sections: procedures.0.section,
                    lanes: procedures.0.lane,
                    procedures: procedures.0.procedure,
                    fees: fees.0.fee,
                    readers: devices.0.reader,
                    demo,
                    written: Written { procedures: procedures.1, fees: fees.1 },
                })
            }
            _ => Err(folder.faults),
        }
    }
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
        let mut document = Document::parse(&file, &text);
        super::rules::no_personal_number(&mut document, &text);
        let value = document.read::<T>();
        if let Some(value) = &value {
            check(value, &mut document);
        }
        self.faults.extend(document.faults());
        value.map(|value| (value, document))
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
    let message = match error.kind() {
        ErrorKind::NotFound => "ファイルがありません".to_owned(),
        ErrorKind::InvalidData => "文字コードが UTF-8 ではありません".to_owned(),
        _ => format!("ファイルを読めません（{error}）"),
    };
    let instead = "見本の設定（kiosk-config/example）の同じ名前のファイルから作ってください";
    Fault::new(file, None, message, instead)
}
