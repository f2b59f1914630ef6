//! The town hall's pages, each examined as somebody of the role that sees it meets it.

use std::path::Path;

use madoguchi::hub::Hub;
use tokio::runtime::Runtime;

use super::nothing_stands_in_the_way;
use crate::hub::TOWN;
use crate::hub::keys::{new_key, tells_keys};
use crate::hub::office::Office;
use crate::hub::pages::morning;
use crate::hub::people::staffed;
use crate::hub::served::served;
use crate::hub::town::{Branch, Hall};
use crate::stage::browser::{Browser, browser};
use crate::stage::office::PASSWORD;
use crate::stage::program::Program;
use crate::stage::wait_until;

/// A municipality where nobody has an account.
const OTHER: &str = "999971";

/// Two offices after a morning, one of which has something that the hub does not
/// understand, and everybody's account.
async fn fill(database: &str) {
    let hub = Hub::open(database).await.unwrap();
    for office in morning().await {
        office.sent_to(&hub).await;
    }
    let newer = Office::open("999997/minami", 3).await;
    newer.hand_in(2).await;
    newer.sent_to(&hub).await;
    staffed(&hub, TOWN).await;
}

struct Looking<'b> {
    browser: &'b Browser,
    program: &'b Program,
}

impl Looking<'_> {
    /// A page of the town, with nothing in anybody's way; it is the page with this heading.
    fn at(&self, page: &str, heading: &str) {
        self.browser.go(&format!("{}/municipalities/{TOWN}{page}", self.program.address));
        self.is(heading);
    }

    fn is(&self, heading: &str) {
        assert_eq!(self.browser.heading(), heading, "{}", self.browser.address());
        self.browser.run("document.querySelectorAll('details').forEach(one => one.open = true)");
        nothing_stands_in_the_way(self.browser);
    }

    fn sign_in(&self, role: &str) {
        self.at("/sign-in", "サインイン");
        self.browser.write("[name=login]", role);
        self.browser.write("[name=password]", PASSWORD);
        self.browser.leave(|| self.browser.press("main form button"));
    }
}

#[test]
fn nothing_on_the_town_halls_pages_stands_in_anybodys_way() {
    let Some(mut hall) = Hall::open("axe at the town hall") else { return };
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);
    let database = hall.postgres.address("town");
    Runtime::new().unwrap().block_on(fill(&database));
    let mut branch = Branch::open_as("nishi", |config| tells_keys(config, true));
    let config = branch.config();
    hall.hub.kill();
    let given = ["--keys", "--config", "--templates"].map(Path::new);
    let files = [key.as_path(), config.as_path(), Path::new("templates/forms")];
    let more: Vec<&Path> = given.into_iter().zip(files).flat_map(<[&Path; 2]>::from).collect();
    hall.hub = served(&database, &more);
    branch.cable.lead_to(&hall.hub.address);
    branch.resident();
    let kept = "select count(*) from visit_key where wrapped is not null";
    wait_until("its key is there", || hall.postgres.asked_in("town", kept).unwrap().trim() == "1");
    let Some(browser) = browser("axe at the town hall") else { return };
    if browser.with_examiner("axe at the town hall").is_none() {
        return;
    }
    browser.reads("ja");
    let looking = Looking { browser: &browser, program: &hall.hub };
    browser.go(&format!("{}/", hall.hub.address));
    looking.is("役所のサーバー");
    browser.go(&format!("{}/municipalities/{OTHER}/setup", hall.hub.address));
    looking.is("最初の管理者をつくる");
    looking.sign_in("nobody");
    looking.is("サインイン");
    looking.sign_in("supervisor");
    looking.at("", "全庁の状況");
    looking.at("/takings?from=2026-11-25&to=2026-11-25", "収納");
    looking.at("/machines", "端末と通信");
    assert!(browser.shows("#parked"), "{}", browser.text());
    looking.at("/password", "パスワードの変更");
    looking.at("/applications?day=", "申請管理");
    browser.write("#name", "花子");
    browser.follow("氏名でさがす");
    looking.is("申請管理");
    browser.leave(|| browser.press("td.name a"));
    assert!(browser.text().contains("花子"), "{}", browser.text());
    nothing_stands_in_the_way(&browser);
    browser.picture("town-hall-application");
    // One whose key is not here, and a page that is not for everybody.
    looking.at("/applications?day=&office=higashi", "申請管理");
    looking.at("/people", "役所のサーバー");
    looking.at("", "全庁の状況");
    browser.leave(|| browser.press(".desk-who button"));
    looking.sign_in("administrator");
    looking.at("/people", "職員");
    browser.leave(|| browser.press(".desk-who button"));
    looking.sign_in("auditor");
    looking.at("/record", "閲覧の記録");
}
