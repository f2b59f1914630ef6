//! The parts of a configuration that may be replaced while the program runs. What the
//! program was built up from at its start (lanes, counters, devices) is none of them.

use std::path::PathBuf;

use serde::Deserialize;

use crate::appointment::plan::Closure;
use crate::document::Document;
use crate::fault::Fault;

/// A part that may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Days of rest (`[[closure]]`), besides those that the office itself has written.
    Closures,
    /// The whole of `fees.toml`.
    Fees,
    /// The whole of `exports.toml`.
    Exports,
    /// The whole of `register.toml`.
    Register,
}

impl Part {
    /// The file it belongs to.
    pub fn file(self) -> &'static str {
        match self {
            Part::Closures => super::appointments::FILE,
            Part::Fees => "fees.toml",
            Part::Exports => super::exports::FILE,
            Part::Register => super::register::FILE,
        }
    }

    /// Whether it comes to what the file says, instead of taking its place.
    pub(super) fn is_added(self) -> bool {
        self == Part::Closures
    }
}

/// What stands instead.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    pub part: Part,
    pub text: &'a str,
    /// The number it was sent under, by which faults call it.
    pub number: u64,
}

impl Piece<'_> {
    /// The name in front of a fault.
    pub(super) fn shown(&self) -> PathBuf {
        PathBuf::from(format!("配信{}の{}", self.number, self.part.file()))
    }
}

/// Days of rest alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Closures {
    #[serde(default, rename = "closure")]
    _closures: Vec<Closure>,
}

/// What is wrong with a piece that is added, by its own lines.
pub(super) fn faults_alone(piece: &Piece<'_>) -> Vec<Fault> {
    if !piece.part.is_added() {
        return Vec::new();
    }
    let mut document = Document::parse(&piece.shown(), piece.text);
    document.read::<Closures>();
    document.faults()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use time::macros::date;

    use super::*;
    use crate::config::Config;
    use crate::form::Forms;

    const TODAY: time::Date = date!(2026 - 11 - 27);

    fn town() -> (Config, Forms) {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        (config, Forms::load(Path::new("templates/forms")).unwrap())
    }

    fn fees() -> String {
        std::fs::read_to_string("kiosk-config/example/fees.toml").unwrap()
    }

    #[test]
    fn a_piece_takes_the_place_of_its_file_and_leaves_the_rest() {
        let (config, forms) = town();
        let dearer = fees().replace("yen = 300", "yen = 350");
        let closed =
            "[[closure]]\nfrom = \"2026-12-10\"\nreason = { ja = \"停電\", en = \"power\" }\n";
        let fees = Piece { part: Part::Fees, text: &dearer, number: 1 };
        let closures = Piece { part: Part::Closures, text: closed, number: 2 };
        let next = config.with(&[], &[fees, closures], &forms, TODAY).unwrap();
        let yen = |config: &Config| config.fees.iter().map(|fee| fee.yen.0).collect::<Vec<_>>();
        assert!(yen(&config).contains(&300));
        let raised: Vec<u32> =
            yen(&config).into_iter().map(|yen| if yen == 300 { 350 } else { yen }).collect();
        assert_eq!(yen(&next), raised);
        let days = |config: &Config| config.appointments().unwrap().closures.len();
        assert_eq!(days(&next), days(&config) + 1);
        assert_eq!(next.lanes, config.lanes);
        // Without the pieces it is what the folder said.
        let back = next.with(&[], &[], &forms, TODAY).unwrap();
        assert_eq!((yen(&back), days(&back)), (yen(&config), days(&config)));
    }

    #[test]
    fn what_the_rules_refuse_is_told_with_its_number_and_its_line() {
        let (config, forms) = town();
        let told = |part, text: &str| -> Vec<String> {
            let piece = Piece { part, text, number: 7 };
            let faults = config.with(&[], &[piece], &forms, TODAY).unwrap_err();
            faults.iter().map(ToString::to_string).collect()
        };
        let strange = told(Part::Fees, &fees().replace("form = \"juminhyo\"", "form = \"jumin\""));
        assert!(strange.iter().any(|one| one.starts_with("配信7のfees.toml:")), "{strange:?}");
        let unpriced = told(Part::Fees, "");
        assert!(unpriced.iter().any(|one| one.contains("金額がありません")), "{unpriced:?}");
        let more = told(Part::Closures, "[calendar]\nholidays = false\n");
        assert!(more.iter().any(|one| one.starts_with("配信7の")), "{more:?}");
        let nobody = "[[closure]]\nfrom = \"2026-12-10\"\nreason = { ja = \"停電\", en = \"p\" }\n\
                      services = [\"nothing\"]\n";
        assert!(!told(Part::Closures, nobody).is_empty());
        let backwards = "[[closure]]\nfrom = \"2026-12-10\"\nto = \"2026-12-09\"\n\
                         reason = { ja = \"停電\", en = \"p\" }\n";
        assert!(!told(Part::Closures, backwards).is_empty());
    }
}
