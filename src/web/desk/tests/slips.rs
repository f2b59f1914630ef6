//! Slips at the desk: a printer that has no paper, and one that prints.

use std::sync::Mutex;

use super::*;
use crate::printer::{self, Printed, Printer};
use crate::web::printers::Progress;

/// Has no paper for the first one; keeps what it printed.
struct Roll {
    printed: Arc<Mutex<Vec<Vec<u8>>>>,
    has_paper: bool,
}

impl Printer for Roll {
    fn print(
        &mut self,
        _: crate::id::OpId,
        document: &[u8],
        _: &dyn Fn(Option<printer::Error>),
    ) -> Result<Printed, printer::Error> {
        if !std::mem::replace(&mut self.has_paper, true) {
            return Err(printer::Error::PaperOut);
        }
        self.printed.lock().unwrap().push(document.to_vec());
        Ok(Printed::Done)
    }
}

const PRINTERS: &str = r#"
[[printer]]
id = "slip-1"
name = { ja = "票", en = "Slips" }
kind = "tcp"
address = "192.0.2.20:9100"
copies = 2
[[slips]]
printer = "slip-1"
desk = true
"#;

/// A staffed town with a slip printer; what it printed.
pub(super) async fn town() -> (Town, Arc<Mutex<Vec<Vec<u8>>>>) {
    let (mut office, clock, folder) = example::office(false).await;
    let printed = Arc::new(Mutex::new(Vec::new()));
    let own = Arc::get_mut(&mut office).unwrap();
    own.config.printers = toml::from_str(PRINTERS).unwrap();
    let roll = Roll { printed: printed.clone(), has_paper: false };
    own.printers.add("slip-1", Box::new(roll)).unwrap();
    let town = Town { router: router(office.clone()), office, clock, folder };
    town.add("clerk", Role::Clerk, false).await;
    (town, printed)
}

/// The visit behind the latest number, once its slip came to an end.
async fn ended(town: &Town) -> VisitId {
    let day = town.office.journal.now().date();
    let tickets = town.office.db.read(move |connection| queue::of_day(connection, day));
    let visit = tickets.await.unwrap().pop().unwrap().visit.unwrap();
    let runs = || town.office.printers.slip_of(visit) == Some(Progress::Running);
    let wait = async {
        while runs() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
    visit
}

#[tokio::test]
async fn a_printer_without_paper_is_seen_at_once_and_one_press_prints_number_and_page() {
    let (town, printed) = town().await;
    let guide = town.sign_in("clerk").await;
    let drawn = guide.post("/desk/guide", &[("lane", "certificate")]).await;
    let visit = ended(&town).await;
    let page = guide.get(&drawn.to).await;
    assert!(page.says("<p class=\"now-number\">A1</p>"), "{}", page.text());
    assert!(page.says("class=\"desk-refused\">番号票を印刷できませんでした"), "{}", page.text());
    let slip = format!("/desk/visits/{visit}/slip");
    guide.post(&slip, &[]).await;
    ended(&town).await;
    let now = guide.get(&slip).await;
    assert!(!now.says("desk-refused") && !now.says("data-soon"), "{}", now.text());
    let printed = printed.lock().unwrap().concat();
    let text = encoding_rs::SHIFT_JIS.decode(&printed).0.into_owned();
    let own = "https://madoguchi.town.mihon.example/s/";
    for words in ["証明書", "前に待っている方はいません", "お呼びする時刻は、まだ分かりません", own]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(text.matches("窓口控え").count(), 1, "two slips, the second stays here");
    assert_eq!(text.matches(own).count(), 1);
    let kinds = town.kinds().await;
    let slips: Vec<&String> = kinds.iter().filter(|kind| kind.starts_with("slip.")).collect();
    assert_eq!(slips, ["slip.print_sent", "slip.print_failed", "slip.print_sent", "slip.printed"]);
    // What the program remembers is gone with it; the journal is not.
    let look = move |connection: &_| visit::printing::slip_came_out(connection, visit);
    assert_eq!(town.office.db.read(look).await.unwrap(), Some(true));
}

#[tokio::test]
async fn whoever_booked_and_comes_to_the_desk_gets_a_slip_too() {
    let (town, printed) = town().await;
    let clerk = town.sign_in("clerk").await;
    let start = "2026-11-24T10:00:00.000+09:00";
    let held =
        clerk.post("/desk/appointments/hold", &[("service", "moving"), ("start", start)]).await;
    clerk.post(&format!("{}/book", held.to), &[("name", "しけん　はなこ")]).await;
    town.clock.advance(Duration::from_secs(40 * 60));
    // Nobody stays signed in that long.
    let clerk = town.sign_in("clerk").await;
    clerk.post(&format!("{}/arrive", held.to), &[]).await;
    ended(&town).await;
    let page = clerk.get(&held.to).await;
    assert!(page.says("番号票を印刷できませんでした"), "{}", page.text());
    assert!(printed.lock().unwrap().is_empty());
}
