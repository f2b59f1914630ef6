//! What can be wrong in the layout of a form.

use std::fmt;
use std::path::Path;

use crate::pdf::ImportError;

/// Something wrong in a `form.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub place: Place,
    pub trouble: Trouble,
}

/// Where in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The field of this id.
    Field(String),
    /// The `[[draw]]` entry of this number, 1 first.
    Draw(usize),
    /// The question of this id, `#` for its row.
    Question(String),
    /// `paper.background`.
    Background,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    #[error("{0} × {1} mm の用紙からはみ出しています")]
    OffPage(f32, f32),
    #[error("同じ id の欄がほかにもあります")]
    SameId,
    #[error("「{0}」という質問は、この様式にも窓口にもありません")]
    UnknownPath(String),
    #[error("書き方が一つに決まっていません")]
    OneShape,
    #[error("「{1}」に「{0}」という選択肢はありません")]
    UnknownOption(String, String),
    #[error("part の「{0}」は、この欄では使えません")]
    UnknownPart(String),
    #[error("氏名やフリガナは折り返せません")]
    NameWraps,
    #[error("欄の幅か高さが、いちばん小さい文字（{0} pt）より小さくなっています")]
    TooLow(f32),
    #[error("数は 1 から {0} までです")]
    Count(u32),
    #[error("{key} は {least} から {most} までです")]
    Size { key: &'static str, least: f32, most: f32 },
    #[error("min_size が size より大きくなっています")]
    MinSize,
    #[error("場所の幅か高さが {0} mm より小さくなっています")]
    Small(f32),
    #[error("マス目が足りません。{0} 文字の答えがあります")]
    TooFewBoxes(u32),
    #[error("bind に書く質問がありません")]
    NoPath,
    #[error("印をつける選択肢がありません")]
    NoMarks,
    #[error("どの行にも同じものが書かれます")]
    SameInEveryRow,
    #[error("「{0}」は数を答える質問ではありません")]
    NotCounted(String),
    #[error("「{0}」の答えが、用紙のどこにも書かれません")]
    NotShown(String),
    #[error("「{1}」の選択肢「{0}」が、用紙のどこにも書かれません")]
    OptionNotShown(String, String),
    #[error("文字が枠に入りません：{0}")]
    LabelTooLarge(String),
    #[error("{code_point} の字は、どの書体にもありません：{text}")]
    LabelGlyph { text: String, code_point: String },
    #[error("背景の PDF は、{0}")]
    Background(ImportError),
    #[error(
        "背景の PDF の {page} ページ目（{width} × {height} mm）の大きさか向きが、paper と違います"
    )]
    BackgroundSize { page: usize, width: f32, height: f32 },
    #[error("紙は {1} ページなのに、{0} ページ目に書こうとしています")]
    NoSuchPage(usize, usize),
    #[error("背景のある様式には、線や文字を描き足せません")]
    DrawOnBackground,
}

impl Trouble {
    /// What to write instead; empty where the message says it.
    fn instead(&self) -> &'static str {
        match self {
            Trouble::OffPage(..) => "位置は、用紙の左上の角から mm で書いてください",
            Trouble::SameId => "ほかの欄と違う id を書いてください",
            Trouble::UnknownPath(_) => {
                "質問の id、applicant.name のような申請者の項目、office.receipt_no・office.ticket・\
                 office.received_at・office.clerk・office.fee・office.id_kind・office.id_points・\
                 office.exempt・town.name・town.head・today・visit.qr のどれかを書いてください"
            }
            Trouble::OneShape => "text・digits・check・circle・qr のうち一つだけ書いてください",
            Trouble::UnknownOption(..) => "質問の選択肢の id か、yes・no を書いてください",
            Trouble::UnknownPart(_) => {
                "日付には era・year・month・day・wareki・western・western_year、郵便番号には first・\
                 last、電話番号には first・middle・last、通数には選択肢の id を書いてください"
            }
            Trouble::NameWraps => "wrap を消してください。長い氏名だけが2行になります",
            Trouble::TooLow(_) => "rect を大きくしてください",
            Trouble::Count(_) | Trouble::Size { .. } => "その間の数を書いてください",
            Trouble::MinSize => "min_size を size より小さくしてください",
            Trouble::Small(_) => "rect の幅と高さを大きくしてください",
            Trouble::TooFewBoxes(_) => "count を増やしてください",
            Trouble::NoPath => "質問の id を書くか、欄を消してください",
            Trouble::NoMarks => "marks に、選択肢の id と位置を書いてください",
            Trouble::SameInEveryRow => "bind に「#」を使うか、repeat を消してください",
            Trouble::NotCounted(_) => "is か is_not に選択肢を書いてください",
            Trouble::NotShown(_) => {
                "[[field]] を足すか、書かなくてよい質問なら printed = false と書いてください"
            }
            Trouble::OptionNotShown(..) => {
                "marks か part に足すか、書かなくてよい選択肢なら printed = false と書いてください"
            }
            Trouble::LabelTooLarge(_) => {
                "rect を広げるか、size を小さくするか、\\n で改行してください"
            }
            Trouble::LabelGlyph { .. } => "ほかの字にするか、線で描いてください",
            Trouble::Background(error) => error.instead(),
            Trouble::BackgroundSize { .. } => {
                "A3・A4・A5 の PDF を置き、paper に同じ大きさと、1 ページ目の向きを書いてください"
            }
            Trouble::NoSuchPage(..) => "page は、紙のページの番号（1 から）にしてください",
            Trouble::DrawOnBackground => "[[draw]] か background のどちらかを消してください",
        }
    }
}

impl Fault {
    /// The fault as one of `file`, on its line of `text`.
    pub fn in_file(&self, file: &Path, text: &str) -> crate::fault::Fault {
        let line = self.place.line(text);
        crate::fault::Fault::new(file, line, self.to_string(), self.trouble.instead())
    }
}

impl fmt::Display for Fault {
    /// `欄 name：同じ id の欄がほかにもあります`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Field(id) => write!(f, "欄 {id}：{}", self.trouble),
            Place::Draw(number) => write!(f, "{number} 番目の draw：{}", self.trouble),
            Place::Background | Place::Question(_) => write!(f, "{}", self.trouble),
        }
    }
}

impl Place {
    /// The line of `text`, 1 first.
    fn line(&self, text: &str) -> Option<usize> {
        let numbered = || text.lines().map(str::trim).zip(1..);
        match self {
            Place::Draw(number) => numbered()
                .filter(|(line, _)| line.starts_with("[[draw]]"))
                .nth(number.checked_sub(1)?)
                .map(|(_, line)| line),
            Place::Question(id) => {
                let quoted = [format!("\"{id}\""), format!("'{id}'")];
                // A page may have the same id: pages stand before questions.
                let asked = numbered().skip_while(|(line, _)| !line.starts_with("[[question]]"));
                let mut ids = asked.filter(|(line, _)| line.starts_with("id"));
                ids.find(|(line, _)| quoted.iter().any(|id| line.contains(id)))
                    .map(|(_, line)| line)
            }
            Place::Background => {
                numbered().find(|(line, _)| line.contains("background")).map(|(_, line)| line)
            }
            Place::Field(id) => {
                let quoted = [format!("\"{id}\""), format!("'{id}'")];
                let fields = numbered().skip_while(|(line, _)| !line.starts_with("[[field]]"));
                let mut ids = fields.filter(|(line, _)| line.starts_with("id"));
                ids.find(|(line, _)| quoted.iter().any(|id| line.contains(id)))
                    .map(|(_, line)| line)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_with_its_line_and_what_to_write_instead() {
        let text = "id = \"name\"\n[[draw]]\n[[draw]]\n[[field]]\nid = \"name\"\n";
        let told = |place, trouble| {
            Fault { place, trouble }.in_file(Path::new("form.toml"), text).to_string()
        };
        assert_eq!(
            told(Place::Field("name".into()), Trouble::SameId),
            "form.toml:5: 欄 name：同じ id の欄がほかにもあります → ほかの欄と違う id を書いてください"
        );
        assert_eq!(
            told(Place::Draw(2), Trouble::Count(100)),
            "form.toml:3: 2 番目の draw：数は 1 から 100 までです → その間の数を書いてください"
        );
    }
}
