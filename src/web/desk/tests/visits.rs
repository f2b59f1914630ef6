//! One visit at the desk, from the search to the accepted paper.

use super::*;

#[tokio::test]
async fn a_slip_that_is_shown_in_a_browser_stands_in_the_journal() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let shown = clerk.post(&format!("/desk/visits/{visit}/slip"), &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(town.kinds().await.contains(&"slip.printed".to_owned()));
}

#[tokio::test]
async fn a_clerk_goes_from_the_search_to_the_accepted_paper() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let seen = town.kinds().await.len();
    let page = format!("/desk/visits/{visit}");
    let nothing = clerk.post("/desk", &[("find", "いない人")]).await;
    assert!(nothing.says("見つかりませんでした"));
    let found = clerk.post("/desk", &[("find", "かくう ゆみ")]).await;
    assert_eq!(found.to, page);

    let answers = format!("{page}/answers");
    let birth = |typed| [("path", "applicant.birth_date"), ("applicant.birth_date", typed)];
    let wrong = clerk.post(&answers, &birth("きのう")).await;
    assert!(wrong.says("日付として読めません") && wrong.says("value=\"きのう\""));
    let mended = clerk.post(&answers, &birth("4050515")).await;
    assert_eq!(mended.to, format!("{page}?note=saved#q-applicant.birth_date"));
    let shown = clerk.get(&page).await;
    assert!(shown.says("平成5年5月15日") && shown.says("class=\"source clerk\""));

    let application = address(&town, "/visits/{visit}/applications/{application}", visit).await;
    let unseen = clerk.post(&application, &[("act", "accept")]).await;
    assert!(unseen.says("本人確認を記録してから"));
    let identity = format!("{page}/identity");
    let one = clerk.post(&identity, &[("kind", "pension"), ("points", "two")]).await;
    assert!(one.says("書類を二つ以上") && one.says("value=\"pension\" checked"));
    let two = [("kind", "pension"), ("kind", "insurance_certificate"), ("points", "two")];
    assert_eq!(clerk.post(&identity, &two).await.to, format!("{page}?note=identified#papers"));

    let paper = clerk.post(&format!("{page}/papers"), &[]).await;
    assert!(paper.body.starts_with(b"%PDF-"));
    let no_reason = clerk.post(&application, &[("act", "send_back"), ("reason", " ")]).await;
    assert!(no_reason.says("差し戻す理由"));
    for (reason, sentence) in [
        ("番号は1234-5678-9018", "マイナンバー（12桁の番号）のような"),
        ("山田\u{202E}", "使えない文字"),
        (&"あ".repeat(201), "200文字までにしてください"),
    ] {
        let fields = [("act", "send_back"), ("reason", reason)];
        let refused = clerk.post(&application, &fields).await;
        // At the top, and beside the field, which has the cursor.
        assert_eq!(refused.text().matches(sentence).count(), 2, "{reason}");
        assert!(refused.says(&format!("value=\"{reason}\"")), "shown again to be mended");
    }
    let accepted = clerk.post(&application, &[("act", "accept")]).await;
    assert_eq!(accepted.to, format!("{page}?note=accepted#papers"));
    assert!(clerk.get(&page).await.says("印刷1回"));

    let late = clerk.post(&answers, &birth("4050516")).await;
    assert!(late.says("先に「受付中に戻す」"));
    let another = clerk.post(&identity, &[("kind", "passport"), ("points", "one")]).await;
    assert!(another.says("先に「受付中に戻す」") && another.says("value=\"passport\" checked"));
    let shut = clerk.get(&format!("{page}?edit=applicant.birth_date")).await;
    assert!(!shut.says("name=\"path\""), "nothing of it opens for correction");
    assert_eq!(clerk.post(&application, &[("act", "reopen")]).await.status, StatusCode::SEE_OTHER);
    assert!(clerk.post(&answers, &birth("4050516")).await.to.contains("note=saved"));
    assert!(clerk.get(&page).await.says("印刷し直してください"));
    assert!(clerk.post(&format!("{page}/papers"), &[]).await.body.starts_with(b"%PDF-"));
    assert!(!clerk.get(&page).await.says("印刷し直してください"));

    let done: Vec<String> = town.kinds().await.split_off(seen);
    let done: Vec<&str> =
        done.iter().map(String::as_str).filter(|kind| *kind != "visit.viewed").collect();
    let expected = [
        "visit.searched",
        "visit.searched",
        "visit.corrected",
        "visit.identified",
        "application.printed",
        "application.accepted",
        "application.reopened",
        "visit.corrected",
        "application.printed",
    ];
    assert_eq!(done, expected);
}

#[tokio::test]
async fn an_account_and_a_decision_pressed_twice_are_made_once() {
    let (town, visit) = furnished().await;
    let administrator = town.sign_in("administrator").await;
    let form = administrator.get("/desk/staff").await;
    let op = ("op", form.hidden("op"));
    let new = [("login", "hanako"), ("name", "見本　係"), ("password", PASSWORD), op];
    for _ in 0..2 {
        assert_eq!(administrator.post("/desk/staff", &new).await.to, "/desk/staff?note=added");
    }
    let clerk = town.sign_in("clerk").await;
    clerk
        .post(&format!("/desk/visits/{visit}/identity"), &[("kind", "passport"), ("points", "one")])
        .await;
    let page = clerk.get(&format!("/desk/visits/{visit}")).await;
    let accept = [("act", "accept"), ("op", page.hidden("op"))];
    let application = address(&town, "/visits/{visit}/applications/{application}", visit).await;
    for _ in 0..2 {
        assert!(clerk.post(&application, &accept).await.to.contains("note=accepted"));
    }
    let other = clerk.post(&application, &[("act", "accept")]).await;
    assert!(other.says("もう変わっています"));
}

#[tokio::test]
async fn a_correction_that_asks_for_more_opens_what_is_missing() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let page = format!("/desk/visits/{visit}");
    let answers = format!("{page}/answers");
    let relation = [("path", "juminhyo.relation"), ("juminhyo.relation", "agent")];
    let next = clerk.post(&answers, &relation).await.to;
    let (_, missing) = next.split_once("note=saved&edit=").unwrap();
    let opened = clerk.get(&next).await;
    assert!(opened.says("聞き取りが必要です"));
    assert!(opened.says(&format!("name=\"path\" value=\"{missing}\"")));
    let asked = [("path", missing), (missing, "見本　太郎")];
    let after = clerk.post(&answers, &asked).await.to;
    assert!(!after.contains(&format!("edit={missing}")), "{after}");
    assert!(clerk.get(&page).await.says("見本　太郎"));
}

#[tokio::test]
async fn an_act_sent_again_is_one_act_and_brings_nothing_old_back() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let page = format!("/desk/visits/{visit}");
    let count = async |kind: &str| town.kinds().await.iter().filter(|one| *one == kind).count();
    let phone = |number| [("path", "applicant.phone"), ("applicant.phone", number)];
    let open = clerk.get(&format!("{page}?edit=applicant.phone")).await;
    let op = [("op", open.hidden("op"))];
    let first = [&op[..], &phone("0999-00-0002")].concat();
    for _ in 0..2 {
        assert!(clerk.post(&format!("{page}/answers"), &first).await.to.contains("note=saved"));
    }
    assert_eq!(count("visit.corrected").await, 1);
    clerk.post(&format!("{page}/answers"), &phone("0999-00-0003")).await;
    let late = clerk.post(&format!("{page}/answers"), &first).await;
    assert!(late.says("前の画面"), "{}", late.to);
    assert!(clerk.get(&page).await.says("0999-00-0003"));

    let passport = [("op", clerk.get(&page).await.hidden("op").to_owned())];
    let passport: Vec<(&str, &str)> =
        passport.iter().map(|(name, op)| (*name, op.as_str())).collect();
    let passport = [&passport[..], &[("kind", "passport"), ("points", "one")]].concat();
    for _ in 0..2 {
        assert!(clerk.post(&format!("{page}/identity"), &passport).await.to.contains("identified"));
    }
    assert_eq!(count("visit.identified").await, 1);
}

#[tokio::test]
async fn a_paper_that_cannot_be_made_keeps_no_other_from_the_printer() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let journal = town.office.journal.clone();
    let forget = move |tx: &crate::db::Tx<'_>| -> Result<(), crate::db::Error> {
        let mut gone = crate::application::of_visit(tx, visit)?.remove(0);
        gone.id = crate::id::ApplicationId::new(journal.now(), &*journal.chance);
        (gone.form, gone.receipt) = ("gone".into(), "honcho-20261124-0099".into());
        crate::application::add(tx, visit, &gone)
    };
    town.office.db.write(forget).await.unwrap();
    let page = format!("/desk/visits/{visit}");
    let all = clerk.post(&format!("{page}/papers"), &[]).await;
    assert!(all.body.starts_with(b"%PDF-"), "{}", all.status);
    assert!(clerk.get(&page).await.says("印刷1回"));
}
