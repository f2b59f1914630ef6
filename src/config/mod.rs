//! What the town writes down (`kiosk-config/`), read once at start.
//!
//! One file a concern. Unknown keys are refused, references must resolve, and
//! all faults are told at once. This room reads the files and nothing else: it
//! knows neither templates nor storage, and nothing changes it while the
//! program runs.

mod counters;
mod demo_staff;
mod devices;
mod fees;
mod procedures;
mod residents;
mod site;

use std::path::{Path, PathBuf};

use time::Date;

pub use counters::Counter;
pub use demo_staff::{DemoStaff, Role};
pub use devices::{Reader, ReaderKind};
pub use fees::Fee;
pub use procedures::{Lane, Procedure, Section};
pub use residents::{Card, CardKind, Changed, Household, Pattern, Relation, Resident};
pub use site::{Office, Retention, Screen, Site, Town};

use crate::fault::Fault;

/// The whole configuration of one office.
#[derive(Clone, Debug)]
pub struct Config {
    pub site: Site,
    pub counters: Vec<Counter>,
    /// In printing order.
    pub sections: Vec<Section>,
    pub lanes: Vec<Lane>,
    /// In the order they are shown.
    pub procedures: Vec<Procedure>,
    pub fees: Vec<Fee>,
    pub readers: Vec<Reader>,
    pub demo: Demo,
}

/// What only the demonstration uses. Both lists are empty where the `demo`
/// folder is left out, as a real town does.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    pub households: Vec<Household>,
    pub staff: Vec<DemoStaff>,
}

impl Config {
    /// Reads every file of `dir`.
    pub fn load(dir: &Path) -> Result<Config, Vec<Fault>> {
        let mut faults = Vec::new();
        let site = read::<Site>(dir, "site.toml", &mut faults);
        let counters = read::<counters::File>(dir, "counters.toml", &mut faults);
        let procedures = read::<procedures::File>(dir, "procedures.toml", &mut faults);
        let fees = read::<fees::File>(dir, "fees.toml", &mut faults);
        let devices = read::<devices::File>(dir, "devices.toml", &mut faults);
        let demo = read_demo(dir, &mut faults);
        let (Some(site), Some(counters), Some(procedures), Some(fees), Some(devices)) =
            (site, counters, procedures, fees, devices)
        else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Config {
            site,
            counters: counters.counter,
            sections: procedures.section,
            lanes: procedures.lane,
            procedures: procedures.procedure,
            fees: fees.fee,
            readers: devices.reader,
            demo,
        })
    }

    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The lane with this id.
    pub fn lane(&self, id: &str) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    /// The procedure with this id.
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.id == id)
    }

    /// The counter with this number.
    pub fn counter(&self, number: u32) -> Option<&Counter> {
        self.counters.iter().find(|counter| counter.number == number)
    }

    /// The price of one copy of `option` of the form's counting question on
    /// `day`; `None` where nothing is charged.
    pub fn fee(&self, form: &str, question: &str, option: &str, day: Date) -> Option<&Fee> {
        self.fees.iter().find(|fee| {
            (fee.form.as_str(), fee.question.as_str(), fee.option.as_str())
                == (form, question, option)
                && fee.is_valid_on(day)
        })
    }
}

impl Demo {
    /// The invented resident with this id, and the household.
    pub fn resident(&self, id: &str) -> Option<(&Household, &Resident)> {
        self.households.iter().find_map(|household| {
            let person = household.people.iter().find(|person| person.id == id)?;
            Some((household, person))
        })
    }
}

fn read_demo(dir: &Path, faults: &mut Vec<Fault>) -> Demo {
    if !dir.join("demo").is_dir() {
        return Demo::default();
    }
    let residents = read::<residents::File>(dir, "demo/residents.toml", faults);
    let staff = read::<demo_staff::File>(dir, "demo/staff.toml", faults);
    Demo {
        households: residents.map(|file| file.household).unwrap_or_default(),
        staff: staff.map(|file| file.staff).unwrap_or_default(),
    }
}

fn read<T: serde::de::DeserializeOwned>(
    dir: &Path,
    name: &str,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let file: PathBuf = dir.join(name);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            faults.push(Fault::new(
                &file,
                None,
                format!("ファイルを読めません（{error}）"),
                "見本の設定（kiosk-config/example）から、同じ名前のファイルを写してください",
            ));
            return None;
        }
    };
    match toml::from_str(&text) {
        Ok(value) => Some(value),
        Err(error) => {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            faults.push(Fault::new(&file, line, error.message(), ""));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_town_loads() {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        assert_eq!(config.site.town.name, "みほん町");
        assert_eq!(config.procedures.len(), 5);
        assert_eq!(config.demo.households.len(), Pattern::ALL.len());
    }
}
