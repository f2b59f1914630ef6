//! The code made at home, shown at a tablet.

use std::path::Path;

use super::*;
use crate::applicant::Source;
use crate::chance::SeededChance;
use crate::clock::Moment;
use crate::config::Config;
use crate::form::Forms;
use crate::form::answers::{Answers, Value};
use crate::form::record;
use crate::preregistration::{self, Codebook, Epoch, Jti, Key, KeyFolder, encode, seal};
use crate::visit::brought;

const TOWN: &str = "999997";

/// The key of the tablet's office, made where there is none yet.
fn key(tablet: &Tablet) -> Key {
    let today = tablet.office.journal.now().date();
    let (folder, epoch) = (KeyFolder::within(tablet.folder.path()), Epoch::of(today));
    let key = folder.keys().unwrap().of_epoch(epoch).cloned();
    key.unwrap_or_else(|| folder.make(epoch, TOWN, today, &SeededChance::new(1)).unwrap())
}

fn sealed(body: &[u8], town: &str, key: &Key) -> String {
    seal(body, town, &key.public(), &SeededChance::new(2)).unwrap()
}

/// A code for 印鑑登録証明書, sealed for the tablet's office.
fn code(tablet: &Tablet, jti: u8, revision: u32) -> String {
    let made_at = tablet.office.journal.now() - Duration::from_secs(3_600);
    sealed(&body(tablet, made_at, jti, revision), TOWN, &key(tablet))
}

/// What such a code says.
fn body(tablet: &Tablet, made_at: Moment, jti: u8, revision: u32) -> Vec<u8> {
    let book = book(tablet, &tablet.office.config);
    written(&book, &answers(tablet), (made_at, jti, revision))
}

/// The numbers of a town's pages today.
fn book(tablet: &Tablet, config: &Config) -> Codebook {
    Codebook::of(config, &tablet.office.forms, tablet.office.journal.now().date())
}

/// Everything that a page at home asks; what is not in the sample is passed over.
fn answers(tablet: &Tablet) -> Answers {
    answers_of(tablet, "inkan")
}

fn answers_of(tablet: &Tablet, form: &str) -> Answers {
    let (form, today) =
        (tablet.office.forms.get(form).unwrap(), tablet.office.journal.now().date());
    let mut answers = record::read(&[form], form.sample().unwrap(), Source::Qr, today).unwrap();
    while let Some(page) = crate::form::questions::missing(&[form], &answers).first() {
        for ask in &page.questions {
            let passed = ask.prefill().unwrap_or(Value::skipped());
            assert!(!ask.required || ask.prefill().is_some(), "{}", ask.path());
            answers.set(ask.path(), passed, Source::Qr);
        }
    }
    answers
}

fn written(
    book: &Codebook,
    answers: &Answers,
    (made_at, jti, revision): (Moment, u8, u32),
) -> Vec<u8> {
    let (jti, procedures) = (Jti([jti; 8]), &["inkan"]);
    encode(
        book,
        &preregistration::Visit { booking: None, made_at, jti, revision, procedures, answers },
    )
}

/// The day of birth in the form's sample.
fn birthday() -> String {
    birthday_of("inkan")
}

fn birthday_of(form: &str) -> String {
    let forms = Forms::load(Path::new("templates/forms")).unwrap();
    let sample = forms.get(form).unwrap().sample().unwrap().to_string();
    let (_, after) = sample.split_once("\"birth_date\":\"").unwrap();
    let day = after.split('"').next().unwrap();
    day[5..].replace('-', "")
}

impl Tablet {
    /// Begins a visit and reads what the data is used for.
    async fn begin(&self) {
        let op = self.get("/kiosk").await.hidden("op");
        self.post("/kiosk/start", &[("op", &op), ("lang", "ja")]).await;
        self.press("/kiosk/purpose", &[]).await;
    }

    async fn show_code(&self, text: &str) -> String {
        self.press("/kiosk/code", &[("text", text)]).await.to
    }

    async fn tell(&self, birthday: &str) -> Answer {
        let op = self.get("/kiosk").await.hidden("op");
        self.press("/kiosk/birthday", &[("op", &op), ("birthday", birthday)]).await
    }
}

#[tokio::test]
async fn a_code_leads_from_its_day_of_birth_to_the_check_page_and_to_a_number() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    assert!(tablet.get("/kiosk").await.says("ご自宅で作った二次元コード"));
    assert_eq!(tablet.show_code(&code(&tablet, 1, 0)).await, "/kiosk");
    let asked = tablet.get("/kiosk").await;
    assert!(asked.says("お誕生日の月と日"), "{}", asked.text);
    for wrong in ["5", "1340", "0000"] {
        assert!(tablet.tell(wrong).await.says("4けたの数字で"), "{wrong}");
    }
    assert!(tablet.tell("0101").await.says("あと4回です"));
    assert_eq!(tablet.tell(&birthday()).await.to, "/kiosk");
    let checked = tablet.get("/kiosk").await;
    assert!(checked.says("この内容でよろしいですか"), "{}", checked.text);
    assert!(checked.says("ご自宅で入力された内容です") && checked.says("事前申請"));
    let op = checked.hidden("op");
    tablet.press("/kiosk/submit", &[("op", &op)]).await;
    assert!(tablet.get("/kiosk").await.says("class=\"ticket\""));
    let kinds = tablet.kinds().await;
    for kind in ["code.read", "code.missed", "code.claimed"] {
        assert!(kinds.contains(&kind.to_owned()), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_sentence_and_ways_on() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    let good = code(&tablet, 1, 0);
    for (text, words) in [
        ("https://www.example.jp/", "町のホームページで作ったものではありません"),
        (&good[..good.len() - 9], "コード"),
        ("A".repeat(1_301).as_str(), "町のホームページで作ったものではありません"),
        ("MK1", "最後まで読み取れませんでした"),
    ] {
        assert_eq!(tablet.show_code(text).await, "/kiosk/code", "{text}");
        let told = tablet.get("/kiosk/code").await;
        assert!(told.says("role=\"alert\"") && told.says(words), "{text}: {}", told.text);
        for way in ["もう一度読み取る", "カードを使う", "画面に入力する"] {
            assert!(told.says(way), "{text}: {way}");
        }
        assert_eq!(tablet.press("/kiosk/code", &[("again", "yes")]).await.to, "/kiosk/code");
        assert!(!tablet.get("/kiosk/code").await.says("role=\"alert\""));
    }
    // The good one is taken all the same, and a way by hand stands open.
    assert_eq!(tablet.show_code(&good).await, "/kiosk");
    tablet.press("/kiosk/birthday", &[("without", "yes")]).await;
    assert!(tablet.get("/kiosk").await.says("name=\"procedure\""));
}

/// The letters of a code with its sender's key written as a compact point, tag 05.
fn compact(text: &str) -> String {
    const LETTERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%-./";
    // The tag is the second byte of the third pair; the lowest letter comes first.
    let at = 3 + 2 * 3;
    let digits = text[at..at + 3].chars().map(|letter| LETTERS.find(letter).unwrap());
    let mut pair = digits.rev().fold(0, |pair, digit| pair * 41 + digit);
    pair = pair & 0xFF00 | 5;
    let mut letters = String::new();
    for _ in 0..3 {
        letters.push(LETTERS.as_bytes()[pair % 41].into());
        pair /= 41;
    }
    [&text[..at], &letters, &text[at + 3..]].concat()
}

#[tokio::test]
async fn whatever_may_come_in_a_code_has_its_sentence_and_its_reason_and_tells_no_more() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    let now = tablet.office.journal.now();
    let hours = |hours: u64| Duration::from_secs(hours * 3_600);
    let (ours, good) = (key(&tablet), code(&tablet, 1, 0));
    let another = Key::new(Epoch::of(now.date()), TOWN, &SeededChance::new(9));
    let made = |at| sealed(&body(&tablet, at, 1, 0), TOWN, &ours);
    let plain = body(&tablet, now, 1, 0);
    let swapped = |n: usize| {
        let (a, b) = (&good[n..=n], &good[n + 3..n + 4]);
        [&good[..n], b, &good[n + 1..n + 3], a, &good[n + 4..]].concat()
    };
    // Two letters of the sealed part changed places.
    let n = (102..good.len()).step_by(3).find(|&n| good[n..=n] != good[n + 3..n + 4]).unwrap();
    for (text, reason, sentence) in [
        ("https://town.example/other".to_owned(), "not_ours", "作ったものではありません"),
        (good[..60].to_owned(), "torn", "最後まで読み取れませんでした"),
        (good.replacen("MK1", "MK1///", 1), "torn", "最後まで読み取れませんでした"),
        (sealed(&plain, TOWN, &another), "unknown_key", "ほかの市区町村のもの"),
        (sealed(&plain, "022101", &ours), "not_opened", "開けません"),
        (swapped(n), "not_opened", "開けません"),
        (compact(&good), "not_a_key", "開けません"),
        (sealed(&vec![0; 500_000], TOWN, &ours), "too_large", "中身を読み取れません"),
        (sealed(b"what no page writes", TOWN, &ours), "malformed", "中身を読み取れません"),
        (made(now - hours(30 * 24 + 1)), "expired", "30日を過ぎています"),
        (made(now + hours(25)), "from_future", "今日より後になっています"),
    ] {
        assert_eq!(tablet.show_code(&text).await, "/kiosk/code", "{reason}");
        let told = tablet.get("/kiosk/code").await;
        assert!(told.says("role=\"alert\"") && told.says(sentence), "{reason}: {}", told.text);
        assert!(!told.says("panicked") && !told.says(reason), "{reason}: {}", told.text);
        let not_taken = tablet.office.codes.not_taken(tablet.device().await).unwrap();
        assert_eq!(not_taken.code, format!("preregistration.{reason}"));
    }
    // Whoever tampers learns nothing: the sentence is the same.
    let words = crate::lang::Phrases::of(crate::lang::Lang::Ja);
    assert_eq!(words.t("preregistration.not_a_key"), words.t("preregistration.not_opened"));
}

#[tokio::test]
async fn what_of_a_code_is_not_understood_is_said_where_it_is_asked_again() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    let now = tablet.office.journal.now();
    let mut answers = answers(&tablet);
    answers.set("applicant.phone", Value::Text("12".into()), Source::Qr);
    let ours = written(&book(&tablet, &tablet.office.config), &answers, (now, 1, 0));
    tablet.show_code(&sealed(&ours, TOWN, &key(&tablet))).await;
    tablet.tell(&birthday()).await;
    let asked = tablet.get("/kiosk").await;
    assert!(asked.says("name=\"applicant.phone\""), "{}", asked.text);
    assert!(asked.says("ここは読み取れませんでした"), "{}", asked.text);
}

#[tokio::test]
async fn a_procedure_that_gives_way_to_one_of_a_code_is_named_until_it_is_chosen_again() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    tablet.press("/kiosk/way", &[("way", "hand")]).await;
    tablet.press("/kiosk/procedures", &[("procedure", "tenkyo")]).await;
    let mut answers = answers_of(&tablet, "ido");
    answers.remove("ido.kind");
    let (jti, made_at) = (Jti([1; 8]), tablet.office.journal.now());
    let moves_in = preregistration::Visit {
        booking: None,
        made_at,
        jti,
        revision: 0,
        procedures: &["tennyu"],
        answers: &answers,
    };
    let body = encode(&book(&tablet, &tablet.office.config), &moves_in);
    tablet.show_code(&sealed(&body, TOWN, &key(&tablet))).await;
    tablet.tell(&birthday_of("ido")).await;
    let checked = tablet.get("/kiosk").await;
    assert!(checked.says("この内容でよろしいですか"), "{}", checked.text);
    let sentence = "転居届（町の中で引っ越した）：同じ用紙を使う別の手続きが";
    assert!(checked.says(sentence), "{}", checked.text);
    tablet.press("/kiosk/procedures", &[("procedure", "tenkyo")]).await;
    let chosen_again = tablet.get("/kiosk").await;
    assert!(!chosen_again.says("同じ用紙を使う"), "{}", chosen_again.text);
}

#[tokio::test]
async fn of_a_code_from_forms_nobody_knows_the_rest_is_asked_and_it_is_said_why() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    let now = tablet.office.journal.now();
    let mut elsewhere = tablet.office.config.clone();
    elsewhere.procedures.reverse();
    let theirs = written(&book(&tablet, &elsewhere), &answers(&tablet), (now, 1, 0));
    tablet.show_code(&sealed(&theirs, TOWN, &key(&tablet))).await;
    tablet.tell(&birthday()).await;
    let asked = tablet.get("/kiosk").await;
    assert!(asked.says("name=\"procedure\""), "{}", asked.text);
    assert!(asked.says("お名前などのほかは、読み取れませんでした"), "{}", asked.text);
    tablet.press("/kiosk/procedures", &[("procedure", "inkan")]).await;
    // What it told of the person is there, and is not asked again.
    let (_, known) = tablet.visit().await;
    assert_eq!(known.get("applicant.name").unwrap().source, Source::Qr);
    let rest = tablet.get("/kiosk").await;
    assert!(!rest.says("name=\"procedure\"") && !rest.says("name=\"applicant.name\""));
}

#[tokio::test]
async fn a_code_that_was_burned_is_reinstated_by_a_supervisor_alone() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    let text = code(&tablet, 3, 0);
    tablet.show_code(&text).await;
    for _ in 0..4 {
        tablet.tell("0101").await;
    }
    assert_eq!(tablet.tell("0101").await.to, "/kiosk/code");
    let told = tablet.get("/kiosk/code").await;
    assert!(told.says("この二次元コードは使えなくなりました"), "{}", told.text);
    // What a clerk sees who is called.
    let not_taken = tablet.office.codes.not_taken(tablet.device().await).unwrap();
    assert_eq!((not_taken.code, not_taken.jti), ("preregistration.burned", Some(Jti([3; 8]))));
    let (journal, staff) = (
        tablet.office.journal.clone(),
        StaffId::new(tablet.office.journal.now(), &SeededChance::new(5)),
    );
    let back = move |tx: &crate::db::Tx<'_>| {
        brought::reinstate(tx, &journal, staff, journal.op(), Jti([3; 8]))
    };
    tablet.office.db.write(back).await.unwrap();
    assert_eq!(tablet.show_code(&text).await, "/kiosk");
    assert_eq!(tablet.tell(&birthday()).await.to, "/kiosk");
    assert_eq!(tablet.visit().await.0.procedures, ["inkan"]);
}

#[tokio::test]
async fn a_frame_of_the_camera_is_read_and_one_without_a_code_is_not() {
    let tablet = Tablet::paired().await;
    tablet.begin().await;
    let key = tablet.get("/kiosk").await.hidden("key");
    let frame = |pixels: Vec<u8>, side: &str, key: &str| {
        let mut request = tablet.request("POST", "/kiosk/code/frame", String::new());
        let length = HeaderValue::from(pixels.len());
        request.headers_mut().insert(header::CONTENT_LENGTH, length);
        request.headers_mut().insert("x-side", HeaderValue::from_str(side).unwrap());
        request.headers_mut().insert("x-key", HeaderValue::from_str(key).unwrap());
        *request.body_mut() = Body::from(pixels);
        tablet.send(request)
    };
    let empty = frame(vec![200; 720 * 720], "720", &key).await;
    assert_eq!((empty.status, empty.text.as_str()), (StatusCode::OK, "{}"));
    let text = code(&tablet, 1, 0);
    assert_eq!(
        frame(drawn(&text, 720), "720", "of another visit").await.text,
        r#"{"go":"/kiosk"}"#
    );
    assert!(brought::waiting(&tablet.visit().await.1).is_none());
    assert_eq!(frame(drawn(&text, 720), "720", &key).await.text, r#"{"go":"/kiosk"}"#);
    assert_eq!(brought::waiting(&tablet.visit().await.1), Some(text.as_str()));
    for (bytes, side) in [(720 * 720, "719"), (9, "9000"), (9, "x"), (0, "0")] {
        let status = frame(vec![0; bytes], side, &key).await.status;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{side}");
    }
    assert_eq!(frame(vec![0; 1 << 21], "1448", &key).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A code as a camera sees it, in a square of `side` grey pixels.
fn drawn(text: &str, side: usize) -> Vec<u8> {
    let crate::pdf::QrCode { side: modules, dark } = crate::pdf::qr_code(text).unwrap();
    let scale = side / (modules + 8);
    let margin = (side - scale * modules) / 2;
    let pixel = |at: usize| {
        let (x, y) =
            ((at % side).wrapping_sub(margin) / scale, (at / side).wrapping_sub(margin) / scale);
        let inside = x < modules && y < modules;
        if inside && dark[y * modules + x] { 20 } else { 230 }
    };
    (0..side * side).map(pixel).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_tablets_that_show_one_code_at_once_one_has_it() {
    let tablet = Tablet::paired().await;
    let text = code(&tablet, 1, 0);
    let office = tablet.office.clone();
    let now = office.journal.now();
    let opened = office.intake.open((&office.config, &office.forms), &text, now).unwrap().unwrap();
    let born = birthday();
    let told = (born[..2].parse().unwrap(), born[2..].parse().unwrap());
    let race = (0..12).map(|number| {
        let (office, opened, text) = (tablet.office.clone(), opened.clone(), text.clone());
        tokio::spawn(async move {
            let kiosk =
                crate::id::DeviceId::new(office.journal.now(), &SeededChance::new(100 + number));
            let (begun, journal) = (office.clone(), office.journal.clone());
            let begin = move |tx: &crate::db::Tx<'_>| -> Result<_, visit::Error> {
                let op = journal.op();
                let id = visit::start(tx, &journal, op, kiosk, &visit::Wishes::default())?;
                brought::read(tx, &journal, kiosk, id, &text, &opened)?;
                Ok((id, opened))
            };
            // Whoever reads it after another has it is refused there already.
            let Ok((id, opened)) = begun.db.write(begin).await else { return false };
            let (shared, journal) = (office.clone(), office.journal.clone());
            let tell = move |tx: &crate::db::Tx<'_>| {
                let by = (kiosk, journal.op());
                brought::tell_birthday(tx, &journal, shared.counter(), by, id, &opened, told)
            };
            office.db.write(tell).await.is_ok_and(|told| told == brought::Told::Taken)
        })
    });
    let mut taken = 0;
    for one in race.collect::<Vec<_>>() {
        taken += usize::from(one.await.unwrap());
    }
    assert_eq!(taken, 1);
}
