//! Why a PDF is not taken as a sheet, and what to do instead. The words are for
//! whoever brings the file, in the language of `madoguchi check`.

/// Why a page cannot be drawn on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("PDF として読めません（{0}）")]
    NoPdf(String),
    #[error("壊れているか、途中で切れています（{0}）")]
    Damaged(&'static str),
    #[error("暗号化されています")]
    Encrypted,
    #[error("{0}を含みます")]
    Active(&'static str),
    #[error("ページがありません")]
    NoPage,
    #[error("{0} ページあります。様式は {1} ページまでです")]
    TooManyPages(usize, usize),
    #[error("大きすぎます（{0} MB まで読めます）")]
    TooLarge(usize),
    #[error("縮められた中身が、広げると大きすぎます")]
    Inflated,
    #[error("つくりが複雑すぎて、読み終わりません")]
    TooSlow,
}

impl ImportError {
    /// What to do instead.
    pub fn instead(&self) -> &'static str {
        match self {
            ImportError::NoPdf(_) => "PDF のファイルを置いてください",
            ImportError::Damaged(_) => "もとの文書から、PDF を作り直してください",
            ImportError::Encrypted => {
                "パスワードも、印刷や編集の制限もない PDF として保存してください"
            }
            ImportError::Active(_) => {
                "印刷の画面で「PDF として保存」を選び、新しい PDF に印刷し直してください"
            }
            ImportError::NoPage => "様式のページがある PDF を置いてください",
            ImportError::TooManyPages(..) => "様式のページだけを、新しい PDF に印刷してください",
            ImportError::TooLarge(_) | ImportError::Inflated | ImportError::TooSlow => {
                "絵や写真を減らすか、新しい PDF に印刷し直してください"
            }
        }
    }
}
