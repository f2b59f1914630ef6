use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use time::macros::{date, datetime};

use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::csv::Encoding;
use crate::db::Tx;
use crate::id::VisitId;
use crate::journal::{Actor, Journal, OfficeKey};
use crate::lang::Words;
use crate::payment::{By, Line, Refund, Request, Tender};
use crate::pdf::{Fonts, others};
use crate::yen::{Tax, Yen};

const TODAY: Date = date!(2026 - 11 - 26);

/// An office in memory on a Thursday.
struct Office {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
    config: Config,
}

impl Office {
    fn open() -> Self {
        let connection = crate::schema::in_memory();
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(HeldClock::at(datetime!(2026-11-26 9:00 +9)));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock.clone(), chance, key);
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        Self { connection, journal, clock, config }
    }

    fn by(&self) -> By {
        By { op: self.journal.op(), actor: Actor::System }
    }

    /// One transaction.
    fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, payment::Error>) -> T {
        self.connection.execute_batch("begin").unwrap();
        let done = work(&Tx::alone(&self.connection)).unwrap();
        self.connection.execute_batch("commit").unwrap();
        done
    }

    fn paid(&self, name: &str, copies: u32, counter: u32) -> payment::Payment {
        let line = Line {
            form: "juminhyo".into(),
            question: "juminhyo.copies".into(),
            option: "copy".into(),
            name: Words { ja: name.into(), en: name.into() },
            item: "03-01".into(),
            count: copies,
            unit: Yen(300),
            amount: Yen(300 * copies),
            cashless: true,
            tax: Tax::Exempt,
            exempt: None,
        };
        let visit = VisitId::new(self.journal.now(), &*self.journal.chance);
        let about = (visit, self.journal.now().date());
        let charge =
            self.write(|tx| payment::charge(tx, &self.journal, Actor::System, about, vec![line]));
        let charge = charge.unwrap();
        let tender = Tender::Cash { received: charge.total };
        let request =
            Request { charge: charge.id, amount: charge.total, tender, counter, at: None };
        self.write(|tx| payment::take(tx, &self.journal, self.by(), &request))
    }

    fn refund(&self, paid: &payment::Payment, amount: u32) {
        let refund = Refund {
            payment: paid.id,
            items: vec![("03-01".to_owned(), Yen(amount))],
            back: payment::Back::Cash,
            reason: payment::Reason::NotIssued,
            counter: 1,
        };
        self.write(|tx| payment::refund(tx, &self.journal, self.by(), &refund));
    }

    fn close(&self, day: Date) {
        self.write(|tx| payment::close(tx, &self.journal, self.by(), (day, None)));
    }

    fn takings(&self, span: &str) -> Takings<'_> {
        Takings::read(&self.connection, &self.config, Span::read(span).unwrap()).unwrap()
    }

    /// The words of the paper, sheet by sheet and without blanks.
    fn paper(&self, span: &str) -> Option<Vec<String>> {
        let pdf = self.takings(span).paper(&Fonts::shipped());
        if let Some(look) = std::env::var_os("MADOGUCHI_LOOK") {
            std::fs::write(Path::new(&look).join(format!("takings-{span}.pdf")), &pdf).unwrap();
        }
        others::sheets(&pdf)
    }
}

fn text(file: Vec<u8>) -> Vec<String> {
    String::from_utf8(file).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_days_sums_are_these_by_item_way_of_paying_and_counter() {
    let office = Office::open();
    let paid = office.paid("住民票の写し", 2, 1);
    office.paid("住民票の写し", 1, 2);
    office.refund(&paid, 300);
    let (by, counted) = (office.by(), (TODAY, 1, 250));
    office.write(|tx| payment::count_cash(tx, &office.journal, by, counted));
    assert_eq!(
        text(office.takings("2026-11-26").sums_file()),
        [
            "\u{feff}date,by,code,name,count,exempt,taken_yen,back_yen,net_yen,over_short_yen",
            "2026-11-26,item,03-01,戸籍住民基本台帳手数料（見本）,3,0,900,-300,600,",
            "2026-11-26,tender,cash,現金,2,0,900,-300,600,",
            "2026-11-26,counter,1,1 証明書の窓口,1,0,600,-300,300,-50",
            "2026-11-26,counter,2,2 引っ越しの届出の窓口,1,0,300,0,300,0",
            "2026-11-26,all,,,2,0,900,-300,600,-50",
        ]
    );
}

#[test]
fn every_line_is_in_the_file_and_no_name_is_a_formula() {
    let mut office = Office::open();
    office.paid("=HYPERLINK(\"x\")", 1, 1);
    let lines = text(office.takings("2026-11-26").lines_file());
    let at = "2026-11-26T09:00:00.000+09:00";
    let expected = format!(
        "2026-11-26,1,{at},paid,1,03-01,戸籍住民基本台帳手数料（見本）,\"'=HYPERLINK(\"\"x\"\")\",\
         300,1,0,300,cash,,,,,,"
    );
    assert_eq!(lines[1], expected);
    office.config.site.counts.csv = Encoding::Cp932;
    let old = office.takings("2026-11-26").lines_file();
    let decoded = encoding_rs::SHIFT_JIS.decode_without_bom_handling(&old).0.into_owned();
    assert!(decoded.starts_with("date,") && decoded.contains("戸籍住民基本台帳"), "{decoded}");
}

#[test]
fn a_closed_day_is_printed_again_with_the_same_letters() {
    let office = Office::open();
    let paid = office.paid("住民票の写し", 2, 1);
    let Some(open) = office.paper("2026-11-26").map(|sheets| sheets.concat()) else { return };
    assert!(open.contains("日計表") && open.contains("令和8年11月26日"), "{open}");
    assert!(open.contains("締めていない日が入っています"), "{open}");
    office.close(TODAY);
    let before = office.takings("2026-11-26").paper(&Fonts::shipped());
    let sealed = sealed_on(&office.connection, TODAY).unwrap().unwrap();
    let words = office.paper("2026-11-26").unwrap().concat();
    for said in [&sealed.hash, &sealed.closing.digest] {
        assert!(words.contains(said.as_str()), "{said}: {words}");
    }
    // What comes later lands on the next day, and names the day it belongs to.
    office.clock.advance(Duration::from_secs(24 * 3600));
    office.refund(&paid, 300);
    assert_eq!(office.takings("2026-11-26").paper(&Fonts::shipped()), before);
    let next = office.paper("2026-11-27").unwrap().concat();
    assert!(next.contains("締めた日への訂正") && next.contains("2026-11-26の分"), "{next}");
    let month = office.paper("2026-11").unwrap().concat();
    assert!(month.contains("月計表") && month.contains("令和8年11月分"), "{month}");
    assert!(month.contains("2026-11-26") && month.contains("2026-11-27"), "{month}");
}

#[test]
fn a_long_table_goes_on_on_another_sheet_under_the_same_head() {
    let mut office = Office::open();
    office.paid("住民票の写し", 1, 1);
    let item = office.config.items[0].clone();
    let name =
        "国民健康保険税納税証明書等の交付に係る手数料（世帯単位・年度単位の全部事項証明を含む）";
    for number in 0..70 {
        let mut more = item.clone();
        (more.code, more.name.ja) = (format!("99-{number:02}"), name.to_owned());
        office.config.items.push(more);
    }
    let Some(sheets) = office.paper("2026-11-26") else { return };
    assert!(sheets.len() >= 3, "{}", sheets.len());
    for sheet in &sheets[..3] {
        assert!(sheet.contains("節・細節"), "{sheet}");
    }
    assert_eq!(sheets.concat().matches("99-").count(), 70, "no row is lost");
    let count = sheets.len();
    assert!(sheets[count - 1].ends_with(&format!("{count}/{count}")), "{}", sheets[count - 1]);
}

#[test]
fn a_span_is_a_day_or_a_month_and_nothing_else() {
    assert_eq!(Span::read("2026-11-26"), Some(Span::Day(TODAY)));
    let month = Span::read("2026-11").unwrap();
    assert_eq!((month.id().as_str(), month.days().len()), ("2026-11", 30));
    for strange in ["2026-13", "2026-1", "", "..", "2026-11-31", "２０２６ー１１"] {
        assert_eq!(Span::read(strange), None, "{strange}");
    }
}
