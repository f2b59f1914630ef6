//! The tables, and how an older database is brought up to date.

use deadpool_postgres::ClientWrapper as Client;

use super::Error;

/// Each brings the tables from one version to the next. Never changed once released.
const STEPS: &[&str] = &[
    include_str!("sql/hub.sql"),
    include_str!("sql/pages.sql"),
    include_str!("sql/people.sql"),
    include_str!("sql/downlink.sql"),
    include_str!("sql/give_backs.sql"),
    include_str!("sql/keys.sql"),
];

/// Locks out every other hub process meanwhile: b"madoguch" as a number.
const LOCK: i64 = 0x6d61_646f_6775_6368;

/// Makes the tables or brings them up to date, all of it or nothing.
pub(super) async fn bring_up_to_date(client: &mut Client) -> Result<(), Error> {
    let tx = client.transaction().await?;
    tx.execute("select pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    tx.batch_execute("create table if not exists hub_version (version integer primary key)")
        .await?;
    let version: Option<i32> =
        tx.query_one("select max(version) from hub_version", &[]).await?.try_get(0)?;
    let version = version.unwrap_or(0);
    let done = usize::try_from(version).unwrap_or(0);
    if done > STEPS.len() {
        return Err(Error::TooNew(version));
    }
    for (step, next) in STEPS.iter().zip(1_i32..).skip(done) {
        tx.batch_execute(step).await?;
        tx.execute("insert into hub_version (version) values ($1)", &[&next]).await?;
    }
    Ok(tx.commit().await?)
}
