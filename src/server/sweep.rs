//! The broom: erases what is due, and ends what a day left open, again and again,
//! as long as the office is open.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::appointment::{self, Tidied};
use crate::db::Tx;
use crate::device;
use crate::id::VisitId;
use crate::journal::Actor;
use crate::queue::{self, report};
use crate::visit::{self, brought, retention};
use crate::web::Office;

/// How often what is due is erased.
const EVERY: Duration = Duration::from_secs(60);

/// Erases what is due, and empties the database's log, where what was erased may
/// still stand. What cannot be done now is done next time.
pub(super) async fn forever(office: Arc<Office>) {
    let mut every = tokio::time::interval(EVERY);
    let mut told = BTreeSet::new();
    loop {
        every.tick().await;
        if let Err(error) = erase_due(&office).await {
            tracing::error!(%error, "what is due was not found");
        }
        let now = office.journal.now();
        if let Err(error) = office.db.write(move |tx| brought::purge(tx, now)).await {
            tracing::error!(%error, "codes that are too old were not forgotten");
        }
        if let Err(error) = end_earlier_days(&office).await {
            tracing::error!(%error, "tickets of earlier days stay open");
        }
        if let Err(error) = count_days(&office).await {
            tracing::error!(%error, "days that are over were not counted");
        }
        if let Err(error) = move_tickets_on(&office).await {
            tracing::error!(%error, "tickets whose time has come stay where they are");
        }
        if let Err(error) = tidy_appointments(&office).await {
            tracing::error!(%error, "appointments were not looked after");
        }
        told = tidy_codes(&office, &told);
        if let Err(error) = office.db.truncate_log().await {
            tracing::info!(%error, "the database's log is emptied later");
        }
    }
}

/// A ticket ends with its day, but for what the town keeps over night.
async fn end_earlier_days(office: &Arc<Office>) -> Result<(), queue::Error> {
    let (journal, today) = (office.journal.clone(), office.journal.now().date());
    let keeps = office.config.site.queue.keep_over_night;
    let end = move |tx: &Tx<'_>| -> Result<(usize, usize), queue::Error> {
        let kept = if keeps { queue::keep_over_night(tx, &journal, today)? } else { 0 };
        Ok((kept, queue::close_day(tx, &journal, today)?))
    };
    let (kept, ended) = office.db.write(end).await?;
    if kept > 0 {
        tracing::info!(kept, "tickets of earlier days are kept");
    }
    if ended > 0 {
        tracing::info!(ended, "tickets of earlier days have ended");
    }
    Ok(())
}

/// Counts what is over, and notes how the times that people were told came out, as
/// soon as that is known.
async fn count_days(office: &Arc<Office>) -> Result<(), queue::Error> {
    let (journal, today) = (office.journal.clone(), office.journal.now().date());
    let known = office.live.now().outlook.kept_before.clone();
    let count = move |tx: &Tx<'_>| -> Result<usize, queue::Error> {
        let counted = report::close_days(tx, &journal, today)?;
        for (day, kept) in known {
            report::judge(tx, &journal, day, kept)?;
        }
        Ok(counted)
    };
    let counted = office.db.write(count).await?;
    if counted > 0 {
        tracing::info!(counted, "days that are over were counted");
    }
    Ok(())
}

/// Whoever was held until now waits again; who was called in vain is absent.
async fn move_tickets_on(office: &Arc<Office>) -> Result<(), queue::Error> {
    let journal = office.journal.clone();
    let moved = office.db.write(move |tx| queue::do_what_is_due(tx, &journal)).await?;
    if moved > 0 {
        tracing::info!(moved, "tickets went on by the clock");
    }
    Ok(())
}

/// Frees what is held no more, notes who did not come, and erases what was told of
/// days that are over.
async fn tidy_appointments(office: &Arc<Office>) -> Result<(), appointment::Error> {
    let swept = office.clone();
    let tidied = office.db.write(move |tx| {
        let keep_days = swept.config.site.retention.visit_days;
        appointment::tidy(tx, &swept.journal, swept.config.appointments(), keep_days)
    });
    let Tidied { lapsed, missed, erased } = tidied.await?;
    if lapsed + missed + erased > 0 {
        tracing::info!(lapsed, missed, erased, "appointments were looked after");
    }
    Ok(())
}

async fn erase_due(office: &Arc<Office>) -> Result<(), visit::Error> {
    let (look, now) = (office.clone(), office.journal.now());
    let due = office
        .db
        .read(move |connection| retention::due(connection, &look.config.site, now))
        .await?;
    for visit in due {
        let swept = office.clone();
        match office.db.write(move |tx| erase(tx, &swept, visit)).await {
            Ok(true) => tracing::info!(%visit, "erased what was due"),
            Ok(false) => tracing::info!(%visit, "somebody came back to what was due"),
            Err(error) => tracing::error!(%visit, %error, "what was due was not erased"),
        }
    }
    Ok(())
}

/// Keeps today's codebook, and erases the keys of codes whose time is over. What is
/// wrong with them, which the log tells once and not every minute.
fn tidy_codes(office: &Office, told: &BTreeSet<String>) -> BTreeSet<String> {
    let today = office.journal.now().date();
    let mut wrong = BTreeSet::new();
    match office.intake.tidy((&office.config, &office.forms), today) {
        Ok(erased) => {
            erased.iter().for_each(|epoch| tracing::info!(%epoch, "erased a key of codes"));
        }
        Err(error) => drop(wrong.insert(error.to_string())),
    }
    let troubles = office.intake.troubles(&office.config, today);
    wrong.extend(troubles.iter().map(ToString::to_string));
    for trouble in wrong.difference(told) {
        tracing::warn!("codes made at home: {trouble}");
    }
    wrong
}

/// Whether it was still due. Whoever stood at the tablet and called for staff has
/// gone, too.
fn erase(tx: &Tx<'_>, office: &Office, visit: VisitId) -> anyhow::Result<bool> {
    let (journal, site) = (&office.journal, &office.config.site);
    let erased = retention::erase_one(tx, journal, Actor::System, site, visit)?;
    if let Some(tablet) = erased.and_then(|erased| erased.tablet) {
        device::withdraw_call(tx, journal, Actor::System, tablet)?;
        office.codes.forget(tablet, std::iter::empty());
    }
    Ok(erased.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use crate::device::{Device, NewDevice, Role};
    use crate::journal::Journal;
    use crate::preregistration::{Epoch, KeyFolder};
    use crate::visit::Wishes;
    use crate::web::example;

    /// A tablet at which somebody began a visit and called for staff.
    fn calling(tx: &Tx<'_>, journal: &Journal, name: &str) -> anyhow::Result<Device> {
        let new = NewDevice::typed(name, Role::Kiosk, "")?;
        let (code, _) = device::offer(tx, journal, journal.op(), Actor::System, &new)?;
        let (tablet, _) = device::redeem(tx, journal, journal.op(), &code.to_string())?;
        visit::start(tx, journal, journal.op(), tablet.id, &Wishes::default())?;
        device::call_staff(tx, journal, tablet.id)?;
        Ok(tablet)
    }

    #[tokio::test]
    async fn what_is_wrong_with_the_keys_of_codes_is_told_until_it_is_mended() {
        let (office, _clock, data) = example::office(false).await;
        let folder = KeyFolder::within(data.path());
        let (today, town) = (office.journal.now().date(), &office.config.site.town.code);
        let first = tidy_codes(&office, &BTreeSet::new());
        assert!(first.iter().any(|told| told.contains("madoguchi key new")), "{first:?}");
        for epoch in [Epoch::of(today), Epoch::of(today).next()] {
            folder.make(epoch, town, today, &SeededChance::new(1)).unwrap();
        }
        assert_eq!(tidy_codes(&office, &first), BTreeSet::new());
    }

    #[tokio::test]
    async fn bug_17_the_town_chooses_whether_its_queue_is_kept_over_night() {
        use crate::queue::NewTicket;
        use crate::queue::order::Class;
        use crate::queue::state::State;
        for keeps in [false, true] {
            let (mut office, clock, _folder) = example::office(false).await;
            // Nobody else holds it yet.
            Arc::get_mut(&mut office).unwrap().config.site.queue.keep_over_night = keeps;
            let own = office.clone();
            let draw = move |tx: &Tx<'_>| {
                let lane = &own.config.lanes[0].numbered().unwrap();
                let (class, plan) = (Class::Ordinary, Vec::new());
                let new = NewTicket { visit: None, lane, plan, class, slot: None };
                queue::issue(tx, &own.journal, (own.journal.op(), Actor::System), new)
            };
            let drawn = office.db.write(draw).await.unwrap().id;
            clock.advance(Duration::from_secs(24 * 3600));
            end_earlier_days(&office).await.unwrap();
            let look = move |connection: &_| queue::get(connection, drawn);
            let after = office.db.read(look).await.unwrap().unwrap();
            let expected = if keeps { State::Waiting } else { State::Expired };
            assert_eq!(after.leg().state, expected);
            assert_eq!(after.day == office.journal.now().date(), keeps);
        }
    }

    #[tokio::test]
    async fn a_draft_that_nobody_is_at_any_more_takes_its_call_for_staff_along() {
        let (office, clock, _folder) = example::office(false).await;
        let put_up = |name: &'static str| {
            let journal = office.journal.clone();
            office.db.write(move |tx| calling(tx, &journal, name))
        };
        let left = put_up("記載台1").await.unwrap();
        clock.advance(Duration::from_secs(3_600));
        let in_use = put_up("記載台2").await.unwrap();
        erase_due(&office).await.unwrap();
        let waits = async |tablet: Device| {
            let found = office.db.read(move |connection| device::device(connection, tablet.id));
            found.await.unwrap().unwrap().calling_since().is_some()
        };
        assert_eq!((waits(left).await, waits(in_use).await), (false, true));
    }
}
