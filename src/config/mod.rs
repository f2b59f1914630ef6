//! What the town writes down (`kiosk-config/`), read once at start.
//!
//! One file a concern. Unknown keys are refused, references must resolve, and
//! all faults are told at once, in Japanese, for the people who write the files.
//! While the program runs nothing of it changes but what the town hall sends, whole and
//! by the same rules ([`Config::with`], [`Editions`]). This room knows forms
//! by what they ask; of paper, storage and screens it knows nothing.

mod against_forms;
mod appointments;
mod cashless;
mod copy;
mod counters;
mod demo_staff;
mod devices;
mod doors;
mod editions;
mod exemptions;
mod exports;
mod fees;
mod files;
mod household;
mod hub;
mod jpqr;
mod lanes;
mod load;
mod pieces;
mod printers;
mod procedures;
mod register;
mod residents;
mod rules;
mod site;
mod unpriced;

use std::collections::BTreeMap;
use std::sync::Arc;

use time::Date;

pub use cashless::{Acquirer, Brand, Cashless, Terminal, TerminalKind};
pub use copy::SecondCopy;
pub use counters::Counter;
pub use demo_staff::DemoStaff;
pub use devices::{DisplayGroup, Reader, ReaderKind, Scanner, ScannerKind};
pub use doors::Door;
pub use editions::Editions;
pub use exemptions::{Exemption, NOT_EXEMPT};
pub use fees::{Fee, Item, More};
pub use hub::Hub;
pub use jpqr::Jpqr;
pub use lanes::{Lane, LaneKind};
pub use pieces::{Part, Piece};
pub use printers::{PapersRole, Printer, PrinterKind, Printers, SlipsRole};
pub use procedures::{Procedure, Section};
pub use residents::{Card, CardKind, Changed, Household, Pattern, Relation, Resident};
pub use site::{Home, Modules, Office, QueueRules, Retention, Screen, Site, Town};

use crate::appointment::Plan;
use crate::document::Document;
use crate::export::Profile;
use crate::register::Columns;
use crate::staff::Role;

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
    /// Who pays nothing, in the order a clerk chooses from.
    pub exemptions: Vec<Exemption>,
    /// Items of revenue, in the order of the day's report.
    pub items: Vec<Item>,
    pub readers: Vec<Reader>,
    pub scanners: Vec<Scanner>,
    /// Displays that show some lanes only.
    pub display_groups: Vec<DisplayGroup>,
    pub printers: Printers,
    /// What is paid with besides cash; nothing where the office has not written it.
    pub cashless: Cashless,
    /// Files for other systems; nothing where the office has not written any.
    pub exports: Vec<Profile>,
    /// What rows of the resident register fill, where the town has written it.
    register: Option<Columns>,
    /// What can be booked, where the town has written it.
    appointments: Option<Plan>,
    pub demo: Demo,
    written: Written,
    /// What the folder said when it was read.
    files: Arc<files::Files>,
}

/// The files that refer to forms, kept for their lines.
#[derive(Clone, Debug)]
struct Written {
    procedures: Document,
    fees: Document,
    exports: Option<Document>,
    register: Option<Document>,
}

/// What only the demonstration uses. Both lists are empty where the `demo`
/// folder is left out, as a real town does.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    pub households: Vec<Household>,
    pub staff: Vec<DemoStaff>,
}

impl Config {
    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The lane with this id.
    pub fn lane(&self, id: &str) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    /// Whether a lane has numbers on paper for when the machine stands still.
    pub fn has_spare(&self) -> bool {
        self.site.modules.queue && self.lanes.iter().any(|lane| lane.spare.is_some())
    }

    /// The procedure with this id.
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.id == id)
    }

    /// The file for the town hall with this id.
    pub fn export(&self, id: &str) -> Option<&Profile> {
        self.exports.iter().find(|profile| profile.id == id)
    }

    /// What rows of the resident register fill; nothing where the office loads none.
    pub fn register(&self) -> Option<&Columns> {
        self.register.as_ref().filter(|columns| columns.enabled)
    }

    /// The same, for tests of an office that loads them.
    #[cfg(test)]
    pub(crate) fn register_mut(&mut self) -> &mut Columns {
        self.register.as_mut().unwrap()
    }

    /// The counter with this number.
    pub fn counter(&self, number: u32) -> Option<&Counter> {
        self.counters.iter().find(|counter| counter.number == number)
    }

    /// The same, for tests of another plan.
    #[cfg(test)]
    pub(crate) fn plan_mut(&mut self) -> &mut Plan {
        self.appointments.as_mut().unwrap()
    }

    /// What can be booked; nothing where the office takes no appointments.
    pub fn appointments(&self) -> Option<&Plan> {
        self.appointments.as_ref().filter(|_| self.site.modules.appointments)
    }

    /// The group that a display stands in, by its place among them; none where it shows
    /// all lanes.
    pub fn group_of(&self, display: &str) -> Option<usize> {
        let has = |group: &DisplayGroup| group.displays.iter().any(|name| name == display);
        self.display_groups.iter().position(has)
    }

    /// What reads codes from home beside a tablet; nothing where the office reads
    /// none.
    pub fn scanners_at(&self, kiosk: &str) -> impl Iterator<Item = &Scanner> {
        let used = self.site.modules.preregistration;
        self.scanners.iter().filter(move |scanner| used && scanner.serves(kiosk))
    }

    /// The ids of the lanes that a counter calls from: those it names, else those of
    /// its section's procedures.
    pub fn lanes_of(&self, counter: &Counter) -> Vec<String> {
        if !counter.lanes.is_empty() {
            return counter.lanes.clone();
        }
        let own = |lane: &&Lane| {
            let mut procedures = self.procedures.iter();
            procedures.any(|one| one.section == counter.section && one.lane == lane.id)
        };
        self.lanes.iter().filter(own).map(|lane| lane.id.clone()).collect()
    }

    /// The accounts of the demonstration; nobody guides where no numbers are given out.
    pub fn demo_staff(&self) -> impl Iterator<Item = &DemoStaff> {
        let has_numbers = self.site.modules.queue;
        self.demo.staff.iter().filter(move |one| one.role != Role::Guide || has_numbers)
    }

    /// The same of all counters.
    pub fn lanes_of_counters(&self) -> BTreeMap<u32, Vec<String>> {
        self.counters.iter().map(|counter| (counter.number, self.lanes_of(counter))).collect()
    }

    /// The price of one copy of `option` of the form's counting question on
    /// `day`; `None` where no rule says one. What is free has a price of nothing.
    pub fn fee(&self, form: &str, question: &str, option: &str, day: Date) -> Option<&Fee> {
        self.fees.iter().find(|fee| {
            (fee.form.as_str(), fee.option.as_str()) == (form, option)
                && fee.counts(question)
                && fee.is_valid_on(day)
        })
    }
}

impl Config {
    /// The ground of this id on which nothing is charged.
    pub fn exemption(&self, id: &str) -> Option<&Exemption> {
        self.exemptions.iter().find(|exemption| exemption.id == id)
    }

    /// The grounds a fee of this form can fall under on `day`.
    pub fn exemptions_for<'c>(
        &'c self,
        form: &'c str,
        day: Date,
    ) -> impl Iterator<Item = &'c Exemption> {
        self.exemptions.iter().filter(move |one| one.is_for_form(form) && one.is_valid_on(day))
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

#[cfg(test)]
mod tests;
