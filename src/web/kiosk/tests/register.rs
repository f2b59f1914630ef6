//! What a clerk loaded from the resident register, while the visit still stands on its
//! tablet: nobody at the tablet sees it.

use axum::extract::FromRequestParts;

use super::*;
use crate::applicant::Source;
use crate::form::record;
use crate::id::StaffId;
use crate::journal::Actor;
use crate::register::{Choice, Table};
use crate::visit::register::Load;
use crate::visit::{Way, Wishes};
use crate::web::kiosk::session::Kiosk;

/// The page of a ticket, and everything a tablet can be asked for.
const SEEN: [&str; 13] = [
    "/kiosk",
    "/kiosk/done",
    "/kiosk/door",
    "/kiosk/number",
    "/kiosk/back",
    "/kiosk/call",
    "/kiosk/procedures",
    "/kiosk/way",
    "/kiosk/card",
    "/kiosk/code",
    "/kiosk/page/applicant.person",
    "/status",
    "/",
];

#[tokio::test]
async fn what_was_loaded_from_the_register_is_seen_at_no_tablet() {
    let tablet = Tablet::paired().await;
    let (office, kiosk) = (tablet.office.clone(), tablet.device().await);
    let hand_in = move |tx: &crate::db::Tx<'_>| -> Result<_, visit::Error> {
        let (journal, actor) = (&office.journal, Actor::Device(kiosk));
        let id = visit::start(tx, journal, journal.op(), kiosk, &Wishes::default())?;
        visit::agree(tx, journal, actor, id)?;
        visit::choose(tx, journal, actor, id, &[office.config.procedure("juminhyo").unwrap()])?;
        visit::choose_way(tx, journal, actor, id, Some(Way::Hand))?;
        let form = office.forms.get("juminhyo").unwrap();
        let sample = form.sample().unwrap();
        let today = journal.now().date();
        let answers = record::read(&[form], sample, Source::Typed, today).unwrap();
        visit::answer(tx, journal, actor, id, &answers)?;
        visit::submit(tx, journal, office.counter(), actor, journal.op(), id)?;
        Ok((id, answers))
    };
    let (id, answers) = tablet.office.db.write(hand_in).await.unwrap();

    let office = tablet.office.clone();
    let load = move |tx: &crate::db::Tx<'_>| -> Result<(), visit::Error> {
        let columns = toml::from_str(
            "[[column]]\nnames = ['世帯主']\nperson = ['juminhyo.head']\n\
             [[column]]\nnames = ['氏名']\nperson = ['applicant.name']\n",
        );
        let columns = columns.unwrap();
        let table = Table::parse("世帯主\t氏名\n見本　太郎\t見本　京子", &columns).unwrap();
        let entries = table.entries(&columns, &Choice::default());
        let forms = [office.forms.get("juminhyo").unwrap()];
        let fills = visit::register::fills(&forms, &answers, &entries, office.journal.now().date());
        assert_eq!(fills.len(), 2);
        let boxes = entries.iter().map(|entry| entry.path.clone()).collect();
        let load = Load { entries, boxes, seen: visit::register::looked_like(&fills) };
        let journal = &office.journal;
        let staff = StaffId::new(journal.now(), &*journal.chance);
        visit::register::load(tx, journal, office.counter(), staff, journal.op(), id, &load)
    };
    tablet.office.db.write(load).await.unwrap();

    let (visit, known) = tablet.visit().await;
    assert_eq!(visit.state, visit::State::Submitted);
    assert_eq!(known.get("juminhyo.head").unwrap().source, Source::Register, "the desk has it");
    let mut parts = tablet.request("GET", "/", String::new()).into_parts().0;
    let kiosk = Kiosk::from_request_parts(&mut parts, &Shared(tablet.office.clone())).await;
    let at = kiosk.unwrap().visit(&tablet.office).await.unwrap().unwrap();
    assert!(at.answers.iter().all(|(_, answer)| answer.source != Source::Register));
    assert!(at.answers.value("juminhyo.copies").is_some(), "and what was typed is known");
    assert!(tablet.get("/kiosk").await.says("A1"), "it stands there");
    for path in SEEN {
        let page = tablet.get(path).await;
        for told in ["見本　太郎", "見本　京子", "住民記録"] {
            assert!(!page.says(told), "{told} at {path}: {}", page.text);
        }
    }
}
