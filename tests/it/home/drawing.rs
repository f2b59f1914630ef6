//! The page draws its codes itself: twenty-seven lengths are read back by a decoder that
//! knows nothing of us.

use serde_json::json;

use super::at_home::decoded;
use super::hosted::{beside, export, host};
use super::town::Town;
use crate::stage::browser::{browser, from_base64};

/// From the shortest to the longest, with both edges of several versions.
const LENGTHS: [usize; 27] = [
    1, 20, 21, 38, 39, 90, 91, 154, 155, 213, 311, 312, 366, 367, 419, 504, 528, 600, 656, 734,
    735, 758, 759, 938, 939, 1_091, 1_249,
];

const DRAW: &str = r"
const [base, lengths] = arguments, tell = arguments[arguments.length - 1];
const load = name => import(new URL(`${base}/${name}.js`, location.href));
Promise.all(['qr', 'picture'].map(load)).then(([qr, picture]) => {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%-./';
  tell([...lengths.map(length => {
    const text = Array.from({ length }, (_, n) => alphabet[(n * n + 7 * n + length) % 41]).join('');
    const code = qr.encode(text);
    return { text, version: code.version, level: code.level,
      png: picture.draw(code, 3).toDataURL('image/png').split('base64,')[1] };
  }), qr.encode('A'.repeat(1250))]);
}).catch(error => tell(String(error.stack)));";

#[test]
fn codes_of_twenty_seven_lengths_are_read_back_and_a_longer_one_is_not_drawn() {
    let Some(browser) = browser("drawing codes") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let name = beside(folder.path()).file_name().unwrap().to_str().unwrap().to_owned();
    browser.go(&host(folder.path()));
    let drawn = browser.run_later(DRAW, json!([format!("./{name}/home"), LENGTHS]));
    let drawn = drawn.as_array().unwrap_or_else(|| panic!("{drawn}"));
    assert_eq!(drawn.last(), Some(&json!(null)));
    for (length, code) in LENGTHS.iter().zip(drawn) {
        let png = from_base64(code["png"].as_str().unwrap());
        assert_eq!(decoded(&png), code["text"].as_str().unwrap(), "{length}");
        let level = if *length > 734 { "L" } else { "M" };
        assert_eq!(code["level"], level, "{length}");
    }
    let version =
        |length| drawn[LENGTHS.iter().position(|one| *one == length).unwrap()]["version"].clone();
    assert_eq!([version(311), version(734), version(735), version(1_249)], [10, 17, 15, 20]);
}
