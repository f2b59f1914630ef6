//! What is paid is what is owed now, whatever an older screen showed.

use super::*;
use crate::payment::{self, At, By, Error as Refused, Request, Tender};

/// Everything that asks for money, by its name, and whether it refused the charge as one that
/// was changed.
fn asked(
    town: &Town,
    config: &Config,
    id: VisitId,
    charge: &payment::Charge,
) -> Vec<(&'static str, bool)> {
    let counter = Counter { config, forms: &town.forms };
    let by = || By { op: town.journal.op(), actor: Actor::System };
    let request = |tender, at: Option<&str>| Request {
        charge: charge.id,
        amount: charge.total,
        tender,
        counter: 1,
        at: at
            .map(|terminal| At { terminal: terminal.to_owned(), brand: Some("paypay".to_owned()) }),
    };
    let cash = request(Tender::Cash { received: charge.total }, None);
    let (tx, journal) = (town.tx(), &town.journal);
    let reference = by_code::reference(charge, 0).unwrap();
    let by_code = request(Tender::Qr, Some("jpqr"));
    let asked = [
        ("cash", bill::take(&tx, journal, counter, by(), (id, &cash)).map(drop)),
        (
            "terminal",
            cashless::begin(&tx, journal, counter, by(), (id, &request(Tender::Qr, Some("t2"))))
                .map(drop),
        ),
        ("tablet", cashless::offer(&tx, journal, counter, by(), (id, charge.id))),
        ("code", by_code::take(&tx, journal, counter, by(), (id, &by_code, &reference)).map(drop)),
    ];
    let changed = |done| matches!(done, Err(Error::Payment(Refused::Changed)));
    asked.map(|(name, done)| (name, changed(done))).to_vec()
}

#[test]
fn what_is_not_charged_for_any_more_is_not_paid_from_an_older_screen() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    town.submit(id, town.journal.op()).unwrap();
    let bill = bill::bill(&town.tx(), &town.journal, town.counter(), Actor::System, id).unwrap();
    let charge = bill.charge.unwrap();
    let refused = ["cash", "terminal", "tablet", "code"].map(|name| (name, true)).to_vec();
    // The town has no price for it any more: there is no other revision to be held against.
    let mut unpriced = Config::load(Path::new("kiosk-config/example")).unwrap();
    unpriced.fees.clear();
    assert_eq!(asked(&town, &unpriced, id, &charge), refused);
    // Or every form was sent back, and nothing is owed.
    let (tx, journal) = (town.tx(), &town.journal);
    let staff = StaffId::new(journal.now(), &*journal.chance);
    for application in application::of_visit(&town.connection, id).unwrap() {
        let (action, reason) = (Action::SendBack, "委任状".to_owned());
        let decision = desk::Decision { op: journal.op(), action, reason };
        desk::decide(&tx, journal, town.counter(), staff, application.id, &decision).unwrap();
    }
    assert_eq!(asked(&town, &town.config, id, &charge), refused);
    assert_eq!(payment::of_visit(&town.connection, id).unwrap(), []);
}
