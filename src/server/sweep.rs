//! The broom: erases what is due, and ends what a day left open, again and again,
//! as long as the office is open.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::appointment::{self, Tidied};
use crate::clock::watch::Trust;
use crate::db::Tx;
use crate::device;
use crate::id::VisitId;
use crate::journal::Actor;
use crate::queue::{self, report};
use crate::visit::{self, brought, retention};
use crate::web::{Office, terminals};

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
        end_days(&office).await;
        if let Err(error) = move_tickets_on(&office).await {
            tracing::error!(%error, "tickets whose time has come stay where they are");
        }
        if let Err(error) = tidy_appointments(&office).await {
            tracing::error!(%error, "appointments were not looked after");
        }
        if let Err(error) = terminals::look_for_what_is_unknown(&office).await {
            tracing::error!(%error, "what is unknown at a terminal was not looked for");
        }
        told = tidy_codes(&office, &told);
        if let Err(error) = office.db.truncate_log().await {
            tracing::info!(%error, "the database's log is emptied later");
        }
    }
}

/// Ends what is of an earlier day, and counts the days that are over. Both are for
/// good: not by a clock that may be wrong, and no day is counted that was not ended.
async fn end_days(office: &Arc<Office>) {
    // The days of the demonstration are invented.
    let trust = office.clock_watch.look(&*office.journal.clock, office.demo);
    if trust != Trust::Believed {
        tracing::warn!(?trust, "no day is ended: the clock of this machine may be wrong");
        return;
    }
    if let Err(error) = end_earlier_days(office).await {
        tracing::error!(%error, "tickets of earlier days stay open, and no day is counted");
        return;
    }
    if let Err(error) = count_days(office).await {
        tracing::error!(%error, "days that are over were not counted");
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
mod tests;
