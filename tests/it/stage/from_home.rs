//! A code as a page at home makes it, and what a camera sees of it.

use std::path::Path;

use madoguchi::applicant::Source;
use madoguchi::chance::SystemChance;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::config::Config;
use madoguchi::form::answers::{Answers, Value};
use madoguchi::form::{Forms, questions, record};
use madoguchi::preregistration::{Codebook, Epoch, Jti, KeyFolder, Visit, encode, seal};
use qrcode::{Color, EcLevel, QrCode};
use serde_json::{Value as Json, json};

use super::browser::Browser;

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
/// How large of it what is held is seen.
const SIDE: usize = 640;

/// What 試験 花子 entered at home for a certificate.
pub fn certificate() -> Json {
    json!({
        "applicant": {
            "name": "試験　花子",
            "kana": "シケン　ハナコ",
            "birth_date": "1993-05-14",
            "sex": "female",
            "address": "見本県みほん町中央一丁目２番３号",
            "phone": "090-0000-0101",
        },
        "answers": {
            "juminhyo.relation": "self",
            "juminhyo.scope": "part",
            "juminhyo.more": 0,
            "juminhyo.copies": { "copy": 2 },
            "juminhyo.head": "試験　花子",
            "juminhyo.show.relation": false,
            "juminhyo.show.honseki": true,
            "juminhyo.show.my_number": false,
            "juminhyo.show.code": false,
            "juminhyo.show.history": false,
            "juminhyo.purpose": "bank",
        },
    })
}

/// The month and day she was born.
pub const BIRTHDAY: &str = "0514";

/// The text of a code with what somebody entered for a certificate, sealed for the
/// office of a data folder.
pub fn sealed(data: &Path, case: &Json, (jti, revision): (u8, u32)) -> String {
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let forms = Forms::load("templates/forms".as_ref()).unwrap();
    let (now, form) = (SystemClock.now(), forms.get("juminhyo").unwrap());
    let answers = answered(form, case);
    let visit = Visit {
        booking: None,
        made_at: now,
        jti: Jti([jti; 8]),
        revision,
        procedures: &["juminhyo"],
        answers: &answers,
    };
    let body = encode(&Codebook::of(&config, &forms, now.date()), &visit);
    let (folder, epoch, town) =
        (KeyFolder::within(data), Epoch::of(now.date()), &config.site.town.code);
    let key = folder.keys().unwrap().of_epoch(epoch).cloned();
    let key = key.unwrap_or_else(|| folder.make(epoch, town, now.date(), &SystemChance).unwrap());
    seal(&body, town, &key.public(), &SystemChance).unwrap()
}

/// Everything that a page at home asks: what is not in the case was passed over.
fn answered(form: &madoguchi::form::Form, case: &Json) -> Answers {
    let today = SystemClock.today();
    let mut answers = record::read(&[form], case, Source::Qr, today).unwrap();
    while let Some(page) = questions::missing(&[form], &answers).first() {
        for ask in &page.questions {
            let passed_over = ask.prefill().unwrap_or(Value::skipped());
            answers.set(ask.path(), passed_over, Source::Qr);
        }
    }
    answers
}

/// A square of grey pixels with the code in it, `scale` pixels a module.
pub fn picture(text: &str, scale: usize) -> (usize, Vec<u8>) {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let (modules, colours) = (code.width(), code.to_colors());
    let side = (modules + 8) * scale;
    let pixel = |at: usize| {
        let (x, y) = (at % side / scale, at / side / scale);
        let inside = (4..modules + 4).contains(&x) && (4..modules + 4).contains(&y);
        let dark = inside && colours[(y - 4) * modules + x - 4] == Color::Dark;
        if dark { 24 } else { 232 }
    };
    (side, (0..side * side).map(pixel).collect())
}

/// What is held before a camera.
#[derive(Clone, Copy)]
pub enum Held<'a> {
    Nothing,
    /// The code of a text, as well printed as can be.
    Code(&'a str),
    /// A telephone with this picture on its screen: a PNG.
    Screen(&'a [u8]),
}

/// A film of one frame: a table, and what is held before it.
pub fn before_camera(held: Held<'_>) -> Vec<u8> {
    let mut light = vec![150_u8; WIDTH * HEIGHT];
    let (side, pixels) = match held {
        Held::Nothing => (1, vec![150]),
        Held::Code(text) => picture(text, SIDE / picture(text, 1).0),
        Held::Screen(png) => (SIDE, seen(png)),
    };
    let (left, top) = ((WIDTH - side) / 2, (HEIGHT - side) / 2);
    for (row, line) in pixels.chunks(side).enumerate() {
        let at = (top + row) * WIDTH + left;
        light[at..at + side].copy_from_slice(line);
    }
    let head = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420jpeg\nFRAME\n");
    let mut film = head.into_bytes();
    film.extend(light);
    film.extend(vec![128_u8; WIDTH * HEIGHT / 2]);
    film
}

/// A picture that is as high as wide, as a camera sees it: its dots do not meet those of
/// the picture, and black and white are greys.
fn seen(png: &[u8]) -> Vec<u8> {
    let (width, height, grey) = greys(png);
    assert!(width.abs_diff(height) * 50 < width, "{width}×{height}");
    let mean = |row: usize, column: usize| {
        let part = |n: usize, length: usize| n * length / SIDE..((n + 1) * length).div_ceil(SIDE);
        let rows = part(row, height);
        let dots = rows.flat_map(|y| part(column, width).map(move |x| y * width + x));
        let (sum, count) = dots.fold((0, 0), |(sum, n), at| (sum + u32::from(grey[at]), n + 1));
        u8::try_from(24 + sum / count * 208 / 255).unwrap()
    };
    (0..SIDE * SIDE).map(|at| mean(at / SIDE, at % SIDE)).collect()
}

/// Width, height and the greys of a screen's picture.
fn greys(png: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let samples = info.color_type.samples();
    let grey = |pixel: &[u8]| {
        let sum: u32 = pixel[..3].iter().map(|&part| u32::from(part)).sum();
        u8::try_from(sum / 3).unwrap()
    };
    let grey = pixels[..info.buffer_size()].chunks(samples).map(grey).collect();
    (info.width as usize, info.height as usize, grey)
}

impl Browser {
    /// A scanner that types reads this. Whether its last key was kept from the page.
    pub fn scan(&self, text: &str) -> bool {
        self.run_with(STRUCK, json!([text])) == json!(true)
    }
}

/// Keys as a scanner strikes them: by their place on an American keyboard, two
/// milliseconds apart whatever else the machine does, Enter last. Whether Enter was kept
/// from the page.
const STRUCK: &str = r"
const places = { '$': ['Digit4', true], '%': ['Digit5', true], '-': ['Minus', false], '.': ['Period', false], '/': ['Slash', false], ':': ['Semicolon', true] };
let at = performance.now() + 200;
const strike = (code, shiftKey) => {
  // What the key means on a Japanese keyboard with an input method on is kana.
  const press = new KeyboardEvent('keydown', { code, shiftKey, key: 'Process', bubbles: true, cancelable: true });
  Object.defineProperty(press, 'timeStamp', { value: at += 2 });
  document.body.dispatchEvent(press);
  return press.defaultPrevented;
};
for (const letter of arguments[0]) {
  const [code, shift] = places[letter] ?? [/[0-9]/.test(letter) ? `Digit${letter}` : `Key${letter.toUpperCase()}`, /[A-Z]/.test(letter)];
  if (shift) strike('ShiftLeft', true);
  strike(code, shift);
}
return strike('Enter', false);";
