use proptest::prelude::*;

use super::*;

fn town() -> Store {
    Store {
        company: "0000000000001".to_owned(),
        chain: "0001".to_owned(),
        shop: "000001".to_owned(),
        terminal: "000001".to_owned(),
        category: "9399".to_owned(),
        name: "Mihon Town".to_owned(),
        city: "Mihon".to_owned(),
        postcode: "9999999".to_owned(),
        name_ja: "みほん町".to_owned(),
    }
}

/// EMVCo's own sample, one of Cambodia, one of Thailand, and one of Japan with a
/// Japanese name.
#[test]
fn the_check_is_the_one_of_published_codes() {
    for code in [
        "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802\
         CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.72530315655020162330304\
         12340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A",
        "00020101021252044131153137210116372101160123456789ABCDE6016Banteay Meanchey5913Kuntheas \
         Shop5802KH540510.005303840621201081234567863041FF2",
        "00020101021129370016A000000677010111011300669245317755802TH54076000.00530376463049B3B",
        "0002016003xxx01021129300012D156000000000510A93FO3230Q31280012D1560000000103081234567826680\
         019jp.or.paymentsjapan01130000000000001020400010306000001040600000153033925903xxx64180002JA\
         0108メルペイ カフェ520441115802JP610710661436304DEE9",
    ] {
        let inner = crc::checked(code).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert!(tlv::fields(inner).is_ok(), "{code}");
    }
    assert_eq!(crc::crc(b"123456789"), 0x29B1);
    // Made for a test of somebody else's, and wrong there.
    assert_eq!(crc::checked("0002016304FFFF"), Err(Error::Check));
}

#[test]
fn a_length_counts_letters_and_not_bytes() {
    let code = town().code(Yen(950), "0123456789AB").unwrap();
    assert!(code.contains("64140002JA0104みほん町6304"), "{code}");
    assert_eq!(tlv::joined(&[(1, "メルペイ カフェ")]).unwrap(), "0108メルペイ カフェ");
}

#[test]
fn a_code_for_nothing_or_with_what_does_not_fit_is_not_made() {
    assert_eq!(town().code(Yen(0), "0123"), None);
    assert_eq!(town().code(Yen(1), ""), None);
    assert_eq!(Store { name: "x".repeat(100), ..town() }.code(Yen(1), "0123"), None);
}

#[test]
fn the_number_of_the_store_is_as_long_as_the_council_says() {
    let code = town().code(Yen(300), "0123").unwrap();
    assert!(code.starts_with("000201010212266800"), "{code}");
    assert!(code.contains("0019jp.or.paymentsjapan0113"), "{code}");
}

fn digits(count: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[0-9]{{{count}}}")).unwrap()
}

prop_compose! {
    fn stores()(
        company in digits(13), chain in digits(4), shop in digits(6), terminal in digits(6),
        category in digits(4), postcode in digits(7),
        name in "[A-Za-z .-]{1,25}", city in "[A-Za-z]{1,15}",
        name_ja in "[ぁ-んァ-ヶ一-龠𠮷a-z ]{1,25}",
    ) -> Store {
        Store { company, chain, shop, terminal, category, name, city, postcode, name_ja }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        store in stores(), amount in 1_u32.., reference in "[A-Z0-9]{1,25}",
    ) {
        let code = store.code(Yen(amount), &reference).unwrap();
        prop_assert!(code.chars().count() <= LETTERS_MAX);
        prop_assert_eq!(read(&code), Ok(Asked { store, amount: Yen(amount), reference }));
        prop_assert!(looks_like_one(&code));
    }

    #[test]
    fn one_letter_changed_is_another_code(
        store in stores(), amount in 1_u32.., at in any::<proptest::sample::Index>(),
        other in "[0-9A-Z]",
    ) {
        let code = store.code(Yen(amount), "0123456789AB").unwrap();
        let mut letters: Vec<String> = code.chars().map(String::from).collect();
        let at = at.index(letters.len());
        prop_assume!(letters[at] != other && letters[at].is_ascii());
        letters[at] = other;
        prop_assert!(read(&letters.concat()).is_err());
    }

    #[test]
    fn whatever_is_shown_is_read_or_refused(text in ".{0,60}") {
        prop_assert!(read(&text).is_err());
    }
}
