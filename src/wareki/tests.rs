use super::*;
use proptest::prelude::*;

#[test]
fn an_era_begins_on_its_first_day_and_not_before() {
    for (day, wareki) in [
        ("1873-01-01", "明治6年1月1日"),
        ("1912-07-29", "明治45年7月29日"),
        ("1912-07-30", "大正元年7月30日"),
        ("1926-12-24", "大正15年12月24日"),
        ("1926-12-25", "昭和元年12月25日"),
        ("1989-01-07", "昭和64年1月7日"),
        ("1989-01-08", "平成元年1月8日"),
        ("2019-04-30", "平成31年4月30日"),
        ("2019-05-01", "令和元年5月1日"),
        ("2020-02-29", "令和2年2月29日"),
    ] {
        assert_eq!(day.parse::<PartialDate>().unwrap().wareki(), wareki);
    }
}

#[test]
fn every_year_that_is_taken_has_an_era_and_reads_back() {
    for year in YEAR_MIN..=YEAR_MAX {
        let months = (1..=12).map(Some).chain([None]);
        for date in months.map(|month| PartialDate::new(year, month, None).unwrap()) {
            let (era, year_of_era) = date.latest_era_year();
            assert_eq!(era.gregorian_year(year_of_era), year, "{date}");
        }
    }
}

#[test]
fn dates_are_read_as_clerks_type_them() {
    for (typed, iso) in [
        ("4050101", "1993-01-01"),
        ("３５５０２１７", "1980-02-17"),
        ("19930101", "1993-01-01"),
        ("1993-01-01", "1993-01-01"),
        ("3250000", "1950"),
        ("3250300", "1950-03"),
        // Both spellings of a changeover year are taken.
        ("2151225", "1926-12-25"),
        ("4310501", "2019-05-01"),
        ("5010501", "2019-05-01"),
    ] {
        assert_eq!(PartialDate::typed(typed).unwrap().to_string(), iso, "{typed}");
    }
}

#[test]
fn what_is_no_date_is_refused_with_the_reason() {
    for (typed, error) in [
        ("", Error::Form),
        ("tomorrow", Error::Form),
        ("6010101", Error::NoSuchDay),
        ("4000101", Error::NoSuchDay),
        ("4051301", Error::NoSuchDay),
        ("4050230", Error::NoSuchDay),
        ("20230229", Error::NoSuchDay),
        ("19930001", Error::NoSuchDay),
        ("1993-1-1", Error::NoSuchDay),
        ("1850-01-01", Error::TooOld),
        ("2201-01-01", Error::NoSuchDay),
        ("22740101", Error::NoSuchDay),
        ("9999", Error::NoSuchDay),
        ("1010101", Error::TooOld),
    ] {
        let expected = if typed == "1993-1-1" { Error::Form } else { error };
        assert_eq!(PartialDate::typed(typed), Err(expected), "{typed}");
    }
}

#[test]
fn an_unknown_day_is_written_as_unknown() {
    let date = |text: &str| text.parse::<PartialDate>().unwrap();
    assert_eq!(date("1950").wareki(), "昭和25年月日不詳");
    assert_eq!(date("1950-03").wareki(), "昭和25年3月 日不詳");
    assert_eq!(date("1990-05-05").western(), "1990年5月5日");
}

#[test]
fn without_its_day_a_date_keeps_the_era_it_was_given_and_gets_no_other() {
    for (typed, wareki) in [
        ("2150000", "大正15年月日不詳"),
        ("3010000", "昭和元年月日不詳"),
        ("2151200", "大正15年12月 日不詳"),
        // The month lies in one era alone.
        ("2151100", "大正15年11月 日不詳"),
        ("3640000", "昭和64年月日不詳"),
        ("3640100", "昭和64年1月 日不詳"),
        ("4010100", "平成元年1月 日不詳"),
        ("3640200", "平成元年2月 日不詳"),
        ("1450000", "明治45年月日不詳"),
        ("4310000", "平成31年月日不詳"),
        ("4310400", "平成31年4月 日不詳"),
        ("3650000", "平成2年月日不詳"),
        // Of a western year nobody knows the era.
        ("1926", "西暦1926年月日不詳"),
        ("1926-12", "西暦1926年12月 日不詳"),
        ("19890000", "西暦1989年月日不詳"),
        ("1989-02", "平成元年2月 日不詳"),
    ] {
        let date = PartialDate::typed(typed).unwrap();
        assert_eq!(date.wareki(), wareki, "{typed}");
        // As it is kept, and as a card writes it.
        assert_eq!(PartialDate::typed(&date.to_string()), Ok(date), "{typed}");
    }
}

#[test]
fn a_year_as_a_whole_is_called_by_the_era_it_ends_in() {
    for (year, wareki) in [(2019, "令和元年"), (1989, "平成元年"), (2026, "令和8年")] {
        let whole = PartialDate::whole_year(year).unwrap();
        assert_eq!(whole.wareki(), format!("{wareki}月日不詳"));
    }
}

proptest! {
    #[test]
    fn every_day_since_1873_reads_back_from_every_spelling(julian in 2_405_160_i32..2_480_000) {
        let day = Date::from_julian_day(julian).unwrap();
        let date = PartialDate::from(day);
        prop_assert_eq!(date.exact(), Some(day));
        prop_assert_eq!(date.to_string().parse(), Ok(date));
        let wareki = Wareki::of(day).unwrap();
        let seven = format!(
            "{}{:02}{:02}{:02}", wareki.era.code(), wareki.year, wareki.month, wareki.day
        );
        if wareki.year < 100 {
            prop_assert_eq!(PartialDate::typed(&seven), Ok(date));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,12}") {
        let _ = PartialDate::typed(&text);
    }
}
