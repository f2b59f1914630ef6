//! Codes made at home after a backup was restored.

use super::from_home::opened;
use super::*;
use crate::preregistration::Opened;
use crate::preregistration::life::State as Stands;
use crate::preregistration::store as codes;
use crate::visit::brought::{self, Refused, Told};

impl Town {
    /// A copy of the database as it is now.
    fn backed_up(&self) -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        self.connection.execute("vacuum into ?1", [path.to_str().unwrap()]).unwrap();
        let copy = crate::db::open(&path).unwrap();
        (folder, copy)
    }

    /// The town with a backup in the place of its database, and what was there.
    fn restored(self, backup: Connection) -> (Town, Connection) {
        let before = self.connection;
        let town = Town { connection: backup, ..self };
        brought::take_over(&town.tx(), &town.journal, &before).unwrap();
        (town, before)
    }

    fn burn(&self, code: &Opened) {
        let at = self.arrived();
        self.read(at, code).unwrap();
        while self.tell(at, code, (1, 1)).unwrap() != Told::Burned {}
    }

    /// Hands a code in, has its paper printed; who printed it.
    fn use_up(&self, code: &Opened) -> StaffId {
        let (_, id) = self.bring(code);
        self.submit(id, self.journal.op()).unwrap();
        self.print_all(id)
    }

    fn rows(&self) -> Vec<(String, u32, String)> {
        let query = "select jti, revision, state from preregistration order by jti";
        let mut rows = self.connection.prepare(query).unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}

#[test]
fn what_was_used_or_burned_since_a_backup_stays_so_when_it_is_restored() {
    let town = Town::open();
    let [used, burned, handed_in] = [1, 2, 3].map(|jti| opened(&town, jti, 0));
    let (_, with_paper) = town.bring(&handed_in);
    town.submit(with_paper, town.journal.op()).unwrap();
    let (_folder, backup) = town.backed_up();
    town.use_up(&used);
    town.burn(&burned);
    town.print_all(with_paper);
    let at = town.journal.now();

    let (town, _) = town.restored(backup);
    assert_eq!(town.refusal(&used), Refused::Used { at });
    assert_eq!(town.refusal(&burned), Refused::Burned);
    assert_eq!(town.refusal(&handed_in), Refused::Used { at });
    let told = "select count(*) from journal where kind = 'code.taken_over'";
    let told: u32 = town.connection.query_row(told, [], |row| row.get(0)).unwrap();
    assert_eq!(told, 3);
    // It is forgotten on the day it would have been.
    town.clock.advance(Duration::from_secs(500 * 86_400));
    assert_eq!(brought::purge(&town.tx(), town.journal.now()).unwrap(), 2);
}

#[test]
fn what_a_lost_visit_had_may_be_brought_again_and_no_earlier_revision_of_it() {
    let town = Town::open();
    let first = opened(&town, 1, 0);
    let (_folder, backup) = town.backed_up();
    let second = opened(&town, 1, 1);
    let at = town.bring(&first);
    town.bring_also(at, &second);
    town.submit(at.1, town.journal.op()).unwrap();

    let (town, _) = town.restored(backup);
    assert_eq!(town.stands(&second), Stands::Scanned);
    assert_eq!(town.refusal(&first), Refused::Superseded);
    town.bring(&second);
}

#[test]
fn a_visit_that_comes_back_with_the_backup_has_its_code() {
    let town = Town::open();
    let (first, second) = (opened(&town, 1, 0), opened(&town, 1, 1));
    let (_, id) = town.bring(&first);
    town.submit(id, town.journal.op()).unwrap();
    let (_folder, backup) = town.backed_up();
    town.bring(&second);

    let (town, _) = town.restored(backup);
    assert_eq!(town.refusal(&first), Refused::HandedIn { number: "A1".to_owned() });
    town.bring(&second);
}

#[test]
fn what_a_supervisor_reinstated_since_a_backup_may_be_used_after_it() {
    let town = Town::open();
    let code = opened(&town, 1, 0);
    let staff = town.use_up(&code);
    let (_folder, backup) = town.backed_up();
    let op = town.journal.op();
    brought::reinstate(&town.tx(), &town.journal, staff, op, code.jti).unwrap();

    let (town, _) = town.restored(backup);
    town.bring(&code);
}

#[test]
fn a_backup_restored_twice_loses_nothing_and_an_older_database_gives_nothing() {
    let town = Town::open();
    let ((_folder, backup), (_other, again)) = (town.backed_up(), town.backed_up());
    let code = opened(&town, 1, 0);
    town.burn(&code);
    let (town, _) = town.restored(backup);
    let (town, once_restored) = town.restored(again);
    assert_eq!(town.stands(&code), Stands::Burned);

    let (_third, newest) = town.backed_up();
    let before = town.rows();
    let (town, _) = Town { connection: once_restored, ..town }.restored(newest);
    assert_eq!(town.rows(), before);
    assert_eq!(codes::get(&town.connection, code.jti).unwrap().unwrap().misses, 5);
}
