//! The list of today, the tablets, and who calls for staff.

use super::*;

#[tokio::test]
async fn what_is_not_accepted_stays_on_the_list_on_other_days() {
    let (town, waiting) = furnished().await;
    let (returned, accepted) = (town.visit("juminhyo").await, town.visit("juminhyo").await);
    let clerk = town.sign_in("clerk").await;
    let identity = [("kind", "passport"), ("points", "one")];
    clerk.post(&format!("/desk/visits/{accepted}/identity"), &identity).await;
    let send_back = [("act", "send_back"), ("reason", "委任状")];
    for (visit, fields) in [(returned, &send_back[..]), (accepted, &[("act", "accept")])] {
        let path = address(&town, "/visits/{visit}/applications/{application}", visit).await;
        assert_eq!(clerk.post(&path, fields).await.status, StatusCode::SEE_OTHER);
    }
    let shown = async |clerk: &Browser<'_>| {
        let list = clerk.get("/desk").await;
        [waiting, returned, accepted].map(|visit| list.says(&format!("/desk/visits/{visit}")))
    };
    assert_eq!(shown(&clerk).await, [true, true, true]);
    assert!(!clerk.get("/desk").await.says("11月24日"));

    town.clock.advance(Duration::from_secs(24 * 60 * 60));
    let clerk = town.sign_in("clerk").await;
    assert_eq!(shown(&clerk).await, [true, true, false]);
    assert!(clerk.get("/desk").await.says("11月24日"));
    let found = clerk.post("/desk", &[("find", "0001")]).await;
    assert_eq!(found.to, format!("/desk/visits/{waiting}"));
}

#[tokio::test]
async fn looks_at_the_list_are_recorded_without_what_was_searched_for() {
    let (town, _) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let seen = town.kinds().await.len();
    clerk.get("/desk").await;
    clerk.get("/desk/today").await;
    clerk.post("/desk", &[("find", "かくう")]).await;
    clerk.post("/desk", &[("find", "いない人")]).await;
    assert_eq!(town.kinds().await[seen..], ["visit.listed", "visit.searched", "visit.searched"]);
    let facts = town.office.db.read(|connection| -> Result<Vec<String>, crate::db::Error> {
        let mut rows = connection
            .prepare("select facts from journal where entity_id = 'many' order by seq")?;
        let facts = rows.query_map([], |row| row.get(0))?;
        Ok(facts.collect::<Result<_, _>>()?)
    });
    let counted = [r#"{"visits":1}"#, r#"{"visits":1}"#, r#"{"visits":0}"#];
    assert_eq!(facts.await.unwrap(), counted);
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let refresh = async |seen: &str| {
        let request = Request::get("/desk/today")
            .header(header::COOKIE, &clerk.cookie)
            .header("x-seen", seen);
        let response = town.router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        let seen = response.headers().get("x-seen").map(|seen| seen.to_str().unwrap().to_owned());
        (response.status(), seen.unwrap_or_default())
    };
    let (status, first) = refresh("").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(refresh(&first).await.0, StatusCode::NO_CONTENT);

    town.clock.advance(Duration::from_millis(1));
    let value = [("path", "applicant.name"), ("applicant.name", "見本　京子")];
    clerk.post(&format!("/desk/visits/{visit}/answers"), &value).await;
    let (status, corrected) = refresh(&first).await;
    assert_eq!((status, corrected == first), (StatusCode::OK, false));

    let kiosk = town.office.db.read(device::all).await.unwrap()[0].id;
    let journal = town.office.journal.clone();
    town.office.db.write(move |tx| device::call_staff(tx, &journal, kiosk)).await.unwrap();
    assert_eq!(refresh(&corrected).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_call_for_staff_stands_on_the_list_until_somebody_goes() {
    let (town, _) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let kiosk = town.office.db.read(device::all).await.unwrap()[0].id;
    let journal = town.office.journal.clone();
    town.office.db.write(move |tx| device::call_staff(tx, &journal, kiosk)).await.unwrap();
    town.clock.advance(Duration::from_secs(180));
    assert!(clerk.get("/desk/today").await.says("3分前から"));
    let going = clerk.post(&format!("/desk/calls/{kiosk}"), &[]).await;
    assert_eq!(going.to, "/desk?note=answered");
    let list = clerk.get("/desk/today").await;
    assert!(!list.says("職員を呼んでいます") && list.says("見本　窓子さんが向かっています"));
    town.clock.advance(Duration::from_secs(300));
    assert!(!clerk.get("/desk/today").await.says("さんが向かっています"));
}

#[tokio::test]
async fn a_tablet_is_paired_with_the_code_on_the_page_and_stands_in_the_list() {
    let (town, _) = furnished().await;
    let supervisor = town.sign_in("supervisor").await;
    let fields = [("name", "記載台2"), ("reader", "reader-1")];
    let form = supervisor.get("/desk/devices").await;
    assert!(form.says("<option>reader-1</option>") && form.says("value=\"display\""));
    let unknown = [("name", "記載台2"), ("reader", "virtual-1")];
    assert!(supervisor.post("/desk/devices", &unknown).await.says("一覧から選んでください"));
    let fields = [fields.as_slice(), &[("op", form.hidden("op"))]].concat();
    let code = async || {
        let page = supervisor.post("/desk/devices", &fields).await;
        let (_, after) = page.text().split_once("class=\"shown-code\">").unwrap();
        after.split('<').next().unwrap().to_owned()
    };
    let shown = code().await;
    assert_eq!(code().await, shown, "pressed twice");

    let enter = town.get("/pair", "").await;
    let pair = async |code: &str| {
        town.post("/pair", "", &[("op", enter.hidden("op")), ("code", code)]).await
    };
    assert!(pair("2222-2222").await.says("コードが違うか"));
    let paired = pair(&shown).await;
    assert_eq!(paired.to, "/kiosk");
    assert_eq!(pair(&shown).await.cookie, paired.cookie, "pressed twice");
    assert_eq!(supervisor.post("/desk/devices", &fields).await.to, "/desk/devices");
    let devices = town.office.db.read(device::all).await.unwrap();
    let tablet = devices.into_iter().find(|device| device.name == "記載台2").unwrap();
    assert_eq!(tablet.reader.as_deref(), Some("reader-1"));
    let taken = supervisor.post("/desk/devices", &fields[..2]).await;
    assert!(taken.says("同じ名前の端末"));
    let reader = format!("/desk/devices/{}/reader", tablet.id);
    let unknown = supervisor.post(&reader, &[("reader", "reader-9")]).await;
    assert!(unknown.says("一覧から選んでください"));
    assert_eq!(supervisor.post(&reader, &[("reader", "")]).await.to, "/desk/devices?note=saved");
    let revoked = supervisor.post(&format!("/desk/devices/{}/revoke", tablet.id), &[]).await;
    assert_eq!(revoked.to, "/desk/devices?note=revoked");
}

#[tokio::test]
async fn what_a_refreshing_list_shows_for_the_first_time_is_recorded() {
    let (town, _) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    clerk.get("/desk").await;
    let seen = town.kinds().await.len();
    clerk.get("/desk/today").await;
    assert_eq!(town.kinds().await[seen..], [""; 0], "nothing that the page had not shown");
    town.clock.advance(Duration::from_millis(1));
    town.visit("juminhyo").await;
    let before = town.kinds().await.len();
    for _ in 0..2 {
        clerk.get("/desk/today").await;
    }
    assert_eq!(town.kinds().await[before..], ["visit.listed"]);
    let colleague = town.sign_in("supervisor").await;
    let before = town.kinds().await.len();
    colleague.get("/desk/today").await;
    assert_eq!(town.kinds().await[before..], ["visit.listed"]);
}

#[tokio::test]
async fn a_visit_that_cannot_be_read_stands_on_the_list_with_a_sentence() {
    let (town, whole) = furnished().await;
    let damaged = town.visit("juminhyo").await;
    let spoil = move |tx: &crate::db::Tx<'_>| -> Result<(), crate::db::Error> {
        let spoil = "update answer set sealed = zeroblob(64) where visit = ?1";
        tx.execute(spoil, [damaged.to_string()])?;
        Ok(())
    };
    town.office.db.write(spoil).await.unwrap();
    let clerk = town.sign_in("clerk").await;
    let list = clerk.get("/desk").await;
    assert!(list.says(&format!("/desk/visits/{whole}")));
    assert!(!list.says(&format!("/desk/visits/{damaged}")) && list.says("読み取れません"));
    let found = clerk.post("/desk", &[("find", "0002")]).await;
    assert!(found.says("読み取れません"), "{}", found.to);
}
