//! What a visit says to whoever has only the journal and the visit's key.

use super::*;
use crate::journal::Said;
use crate::visit::retold;

impl Town {
    /// What the journal says of a visit, opened.
    fn said(&self, id: VisitId) -> Vec<Said> {
        let key = self.journal.visit_key(&self.connection, id).unwrap();
        let log = journal::logs(&self.connection).unwrap().pop().unwrap().id;
        let all = journal::carried(&self.connection, log, 1, usize::MAX).unwrap();
        let own = all.iter().filter(|(row, _)| row.entity_id == id.to_string());
        own.map(|(row, _)| key.said(row).unwrap()).collect()
    }

    /// Whoever reads the journal knows what the counter does: what counts, and every paper.
    fn agrees(&self, id: VisitId) {
        let (retold, kept) = (retold::answers(&self.said(id)).unwrap(), self.answers(id));
        let forms = self.counter().forms_of(&self.visit(id));
        assert_eq!(
            questions::with_defaults(&forms, &retold),
            questions::with_defaults(&forms, &kept)
        );
    }
}

#[test]
fn the_answers_are_made_again_from_the_journal_through_every_act_of_a_clerk() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled_for(town.kiosk(), &["juminhyo", "tenkyo"]);
    town.submit(id, journal.op()).unwrap();
    town.agrees(id);
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let correct = |path: &str, value: Value| {
        let op = journal.op();
        desk::correct(&tx, journal, town.counter(), staff, op, id, (path, value)).unwrap();
        town.agrees(id);
    };
    // A relation that asks for more, what it asks for, and back.
    correct("juminhyo.relation", Value::Choice("agent".into()));
    correct("juminhyo.target.name", Value::Text("見本　太郎".into()));
    correct("juminhyo.relation", Value::Choice("self".into()));
    correct("applicant.phone", Value::Text("0999-00-0002".into()));
    town.identify(staff, id, &["my_number_card"]).unwrap();
    town.agrees(id);
    let day = town.visit(id).day;
    let ground = town.config.exemptions_for("juminhyo", day).next().unwrap().id.clone();
    let of = (id, "juminhyo", ground.as_str());
    bill::exempt(&tx, journal, town.counter(), (journal.op(), staff), of).unwrap();
    town.agrees(id);
    let exempt = crate::procedure::fee::exemption_path("juminhyo");
    let retold = retold::answers(&town.said(id)).unwrap();
    assert_eq!(retold.get(&exempt), town.answers(id).get(&exempt));
    for path in ["office.id_kind", "office.id_points", "applicant.phone"] {
        assert_eq!(retold.get(path), town.answers(id).get(path), "{path}");
        assert!(retold.get(path).is_some(), "{path}");
    }
}

#[test]
fn an_entry_that_says_something_else_gives_nothing_rather_than_something_wrong() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    town.submit(id, town.journal.op()).unwrap();
    let mut said = town.said(id);
    let corrected = Said {
        kind: "visit.corrected".into(),
        facts: json!({ "path": "applicant.phone" }),
        personal: None,
    };
    said.push(corrected);
    assert!(retold::answers(&said).is_err());
}
