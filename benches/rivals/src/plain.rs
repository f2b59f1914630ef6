//! printpdf as its manual shows it: the whole document anew, the whole font inside
//! (without its layout engine it does not subset).

use madoguchi::form::answers::Answers;
use printpdf::{
    FontId, Line, LinePoint, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFontHandle, PdfPage,
    PdfSaveOptions, Point, Pt, Rect, TextItem, WindingOrder,
};

use crate::job::{HEIGHT, Job, POINTS_PER_MM, WIDTH, Words};
use crate::ours::RECEIPT;
use crate::rival_krilla::GOTHIC;

pub struct Rival {
    font: ParsedFont,
}

impl Rival {
    pub fn new() -> Self {
        Self { font: ParsedFont::from_bytes(GOTHIC, 0, &mut Vec::new()).unwrap() }
    }

    pub fn document(&self, job: &Job, answers: &Answers) -> Vec<u8> {
        let mut document = PdfDocument::new("form");
        let font = document.add_font(&self.font);
        let mut ops = Vec::new();
        for (from, to, width) in &job.rules {
            let point = |[x, y]: [f32; 2]| LinePoint {
                p: Point { x: Pt(x), y: Pt(HEIGHT - y) },
                bezier: false,
            };
            ops.push(Op::SetOutlineThickness { pt: Pt(*width) });
            let points = vec![point(*from), point(*to)];
            ops.push(Op::DrawLine { line: Line { points, is_closed: false } });
        }
        job.labels.iter().for_each(|label| words(&font, label, &mut ops));
        job.words(answers).iter().for_each(|answer| words(&font, answer, &mut ops));
        if let Some(rect) = job.code {
            code(rect, &mut ops);
        }
        let page = PdfPage::new(Mm::from(Pt(WIDTH)), Mm::from(Pt(HEIGHT)), ops);
        document.with_pages(vec![page]).save(&PdfSaveOptions::default(), &mut Vec::new())
    }
}

fn words(font: &FontId, words: &Words, ops: &mut Vec<Op>) {
    ops.push(Op::StartTextSection);
    ops.push(Op::SetFont { font: PdfFontHandle::External(font.clone()), size: Pt(words.size) });
    ops.push(Op::SetTextCursor { pos: Point { x: Pt(words.x), y: Pt(HEIGHT - words.y) } });
    ops.push(Op::ShowText { items: vec![TextItem::Text(words.text.clone())] });
    ops.push(Op::EndTextSection);
}

fn code([x, y, width, _]: [f32; 4], ops: &mut Vec<Op>) {
    let code = qrcode::QrCode::with_error_correction_level(RECEIPT, qrcode::EcLevel::M).unwrap();
    let side = code.width();
    let module = width * POINTS_PER_MM / (side + 8) as f32;
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            ops.push(Op::DrawRectangle {
                rectangle: Rect {
                    x: Pt(x * POINTS_PER_MM + (n % side + 4) as f32 * module),
                    y: Pt(HEIGHT - y * POINTS_PER_MM - (n / side + 5) as f32 * module),
                    width: Pt(module),
                    height: Pt(module),
                    mode: Some(PaintMode::Fill),
                    winding_order: Some(WindingOrder::NonZero),
                },
            });
        }
    }
}
