//! Rows of the resident register, loaded at the desk.

use super::*;
use crate::form::answers::Answers;

const ROWS: &str = "氏名\tフリガナ\t生年月日\t続柄\t世帯主\t備考\n\
    架空　正\tｶｸｳ ﾀﾀﾞｼ\tS26.2.11\t世帯主\t架空　正\t\n\
    架空　陽菜\tｶｸｳ ﾋﾅ\t平成24年3月3日\t子の子\t架空　正\t\n";

async fn address_of(town: &Town) -> (VisitId, String) {
    let visit = town.visit_by("juminhyo", Some("架空　陽菜")).await;
    (visit, format!("/desk/visits/{visit}/register"))
}

async fn known(town: &Town, visit: VisitId) -> Answers {
    let journal = town.office.journal.clone();
    let read = move |connection: &_| visit::answers(connection, &journal, visit);
    town.office.db.read(read).await.unwrap()
}

/// What a clerk sends from a page on which rows were looked at.
fn apply<'f>(page: &'f Answer, boxes: &[&'f str]) -> Vec<(&'f str, &'f str)> {
    let mut fields =
        vec![("rows", ROWS), ("person", "1"), ("act", "apply"), ("seen", page.hidden("seen"))];
    fields.extend(boxes.iter().map(|path| ("box", *path)));
    fields
}

#[tokio::test]
async fn a_clerk_sees_which_box_gets_what_and_fills_those_that_are_chosen() {
    let town = Town::staffed().await;
    let (visit, register) = address_of(&town).await;
    let clerk = town.sign_in("clerk").await;
    assert!(clerk.get(&format!("/desk/visits/{visit}")).await.says(&register));
    assert!(clerk.get(&register).await.says("個人番号（マイナンバー）の列は、入れないでください"));
    let looked = clerk.post(&register, &[("rows", ROWS), ("act", "look")]).await;
    // The person is found by name; the birth date of somebody else would be overwritten.
    assert!(looked.says("name=\"person\" value=\"1\" checked"), "{}", looked.text());
    assert!(looked.says("平成24年3月3日（2012年）") && looked.says("昭和58年7月7日（1983年）"));
    assert!(looked.says("value=\"applicant.birth_date\">") && looked.says("上書きになります"));
    assert!(!looked.says("氏名は、申請書の氏名"), "it is the same");
    assert!(!looked.says("value=\"juminhyo.head\""), "what is the same is not offered");
    let before = known(&town, visit).await;
    let at = town.kinds().await.len();

    let boxes = ["applicant.birth_date", "applicant.kana"];
    let op = town.office.journal.op().to_string();
    for _ in 0..2 {
        let mut fields = apply(&looked, &boxes);
        fields.extend([("key", clerk.key.as_str()), ("op", op.as_str())]);
        let done = town.post(&register, &clerk.cookie, &fields).await;
        assert_eq!(done.to, format!("/desk/visits/{visit}?note=loaded"), "{}", done.text());
    }
    let after = known(&town, visit).await;
    let changed: Vec<(String, String)> = after
        .iter()
        .filter(|(path, answer)| before.get(path) != Some(answer))
        .map(|(path, answer)| (path.to_owned(), format!("{answer:?}")))
        .collect();
    assert_eq!(changed.len(), 2, "{changed:?}");
    assert!(changed.iter().all(|(_, answer)| answer.contains("Register")), "{changed:?}");
    assert!(changed[0].1.contains("2012") && changed[1].1.contains("カクウ ヒナ"), "{changed:?}");
    let done = town.kinds().await.split_off(at);
    assert_eq!(done.iter().filter(|kind| *kind == "visit.register_loaded").count(), 1);
    let page = clerk.get(&format!("/desk/visits/{visit}?note=loaded")).await;
    assert!(page.says("住民記録の値を入れました") && page.says("class=\"source register\""));
}

#[tokio::test]
async fn what_changed_after_it_was_shown_is_not_overwritten_unseen() {
    let town = Town::staffed().await;
    let (visit, register) = address_of(&town).await;
    let clerk = town.sign_in("clerk").await;
    let looked = clerk.post(&register, &[("rows", ROWS)]).await;
    let correction = [("path", "applicant.birth_date"), ("applicant.birth_date", "4240304")];
    clerk.post(&format!("/desk/visits/{visit}/answers"), &correction).await;
    let before = known(&town, visit).await;
    let late = clerk.post(&register, &apply(&looked, &["applicant.birth_date"])).await;
    assert!(late.says("もう一度確かめてから") && late.says("平成24年3月4日"), "{}", late.text());
    // Nor what another row says, which was not looked at.
    let mut other = apply(&late, &["applicant.birth_date"]);
    other[1].1 = "0";
    let other = clerk.post(&register, &other).await;
    assert!(other.says("もう一度確かめてから") && other.says("氏名は、申請書の氏名（架空　陽菜）"));
    let none = clerk.post(&register, &apply(&late, &[])).await;
    assert!(none.says("一つ以上選んでください"));
    assert_eq!(known(&town, visit).await, before);
    let done = clerk.post(&register, &apply(&late, &["applicant.birth_date"])).await;
    assert!(done.to.ends_with("note=loaded"), "{}", done.text());
}

#[tokio::test]
async fn rows_with_a_number_are_refused_whole_and_not_shown_again() {
    let town = Town::staffed().await;
    let (visit, register) = address_of(&town).await;
    let clerk = town.sign_in("clerk").await;
    let before = known(&town, visit).await;
    let head = ROWS.replace("備考", "ﾏｲﾅﾝﾊﾞｰ");
    let cell = ROWS.replace("子の子\t架空　正\t", "子の子\t架空　正\t1234 5678 9018");
    for (rows, told) in [(head, "「ﾏｲﾅﾝﾊﾞｰ」という列"), (cell, "3行目の6列目")]
    {
        for act in ["look", "apply"] {
            let fields = [("rows", rows.as_str()), ("act", act), ("box", "applicant.kana")];
            let refused = clerk.post(&register, &fields).await;
            assert!(refused.says(told) && refused.says("全体をお断りしました"), "{told}");
            assert!(!refused.says("9018") && !refused.says("ﾋﾅ"), "{}", refused.text());
        }
    }
    assert_eq!(known(&town, visit).await, before);
    let refused = town.kinds().await;
    assert_eq!(refused.iter().filter(|kind| *kind == "visit.register_refused").count(), 4);
    // What is only written wrongly can be mended where it stands.
    let wrong = clerk.post(&register, &[("rows", "名\n架空　陽菜")]).await;
    assert!(wrong.says("知っている見出しがありません") && wrong.says("架空　陽菜</textarea>"));
}

#[tokio::test]
async fn a_saved_file_is_read_in_cp932() {
    let town = Town::staffed().await;
    let (visit, register) = address_of(&town).await;
    let clerk = town.sign_in("clerk").await;
    let bring = async |bytes: &[u8]| {
        let part = |name: &str| format!("--m\r\nContent-Disposition: form-data; name=\"{name}\"");
        let mut body = format!("{}\r\n\r\n{}\r\n", part("key"), clerk.key).into_bytes();
        body.extend(format!("{}; filename=\"list.csv\"\r\n\r\n", part("file")).bytes());
        body.extend(bytes);
        body.extend(b"\r\n--m--\r\n");
        let request = Request::post(&register)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::COOKIE, &clerk.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=m");
        town.send(request.body(Body::from(body)).unwrap()).await
    };
    let rows = ROWS.replace('\t', ",");
    let saved = bring(&encoding_rs::SHIFT_JIS.encode(&rows).0).await;
    assert!(saved.says("平成24年3月3日（2012年）"), "{}", saved.text());
    let broken = bring(b"\x8e\x81\x96").await;
    assert!(broken.says("文字を読み取れません"), "{}", broken.text());
    assert!(!town.kinds().await.contains(&"visit.register_loaded".to_owned()));
    assert!(known(&town, visit).await.iter().all(|(_, one)| one.source != Source::Register));
}

#[tokio::test]
async fn an_accepted_form_is_not_filled() {
    let town = Town::staffed().await;
    let (visit, register) = address_of(&town).await;
    let clerk = town.sign_in("clerk").await;
    let looked = clerk.post(&register, &[("rows", ROWS)]).await;
    let of_visit = move |connection: &_| crate::application::of_visit(connection, visit);
    let application = town.office.db.read(of_visit).await.unwrap()[0].id;
    let page = format!("/desk/visits/{visit}");
    clerk.post(&format!("{page}/identity"), &[("kind", "licence"), ("points", "one")]).await;
    clerk.post(&format!("{page}/applications/{application}"), &[("act", "accept")]).await;
    let shut = clerk.post(&register, &[("rows", ROWS)]).await;
    assert!(shut.says("受理した申請書の欄です") && !shut.says("name=\"box\""), "{}", shut.text());
    let refused = clerk.post(&register, &apply(&looked, &["applicant.birth_date"])).await;
    assert!(refused.says("先に「受付中に戻す」"), "{}", refused.text());
}

#[tokio::test]
async fn an_office_that_loads_none_has_no_such_page() {
    let town = Town::changed(|config| config.register_mut().enabled = false).await;
    town.add("supervisor", Role::Supervisor, false).await;
    let (visit, register) = address_of(&town).await;
    let supervisor = town.sign_in("supervisor").await;
    assert_eq!(supervisor.get(&register).await.status, StatusCode::NOT_FOUND);
    let sent = supervisor.post(&register, &[("rows", ROWS)]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    assert!(!supervisor.get(&format!("/desk/visits/{visit}")).await.says(&register));
}
