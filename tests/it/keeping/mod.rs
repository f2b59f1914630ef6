//! What was acknowledged is kept: through kill -9, a full disk, a backup, a second copy and a
//! restore.

mod backup;
mod full_disk;
mod kill;
mod money;
mod restore;
mod second_copy;
mod set_back;
mod told;

use std::collections::BTreeSet;
use std::path::Path;

use crate::stage::program::{madoguchi, run};

/// What the data folder holds of visits that were handed in.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    /// `(visit, how often it was handed in)`, for every visit.
    submissions: Vec<(String, i64)>,
    tickets: BTreeSet<String>,
}

impl Kept {
    fn of(data: &Path) -> Self {
        let file = madoguchi::db::open_read_only(&data.join("office.db")).unwrap();
        let mut counted = file
            .prepare(
                "select entity_id, count(*) from journal where kind = 'visit.submitted' \
                 group by entity_id order by entity_id",
            )
            .unwrap();
        let submissions = counted
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap);
        let mut listed = file.prepare("select prefix || number from ticket").unwrap();
        let tickets = listed.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap);
        Self { submissions: submissions.collect(), tickets: tickets.collect() }
    }

    /// Whether exactly these numbers were given out, each for one visit that was
    /// handed in once.
    fn is_exactly(&self, numbers: &BTreeSet<String>) -> bool {
        self.tickets == *numbers
            && self.submissions.len() == numbers.len()
            && self.submissions.iter().all(|(_, times)| *times == 1)
    }
}

/// `madoguchi verify` finds nothing; what it printed.
fn verified(data: &Path) -> String {
    let (code, out, said) = run(madoguchi(&["verify", "--data"]).arg(data));
    assert_eq!(code, Some(0), "{said}");
    out
}
