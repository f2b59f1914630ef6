//! Why an entry was not taken, with the codes that screens have sentences for.
//! The words here are for whoever sends a case as JSON; they read the code too.

/// Why an entry was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    #[error("答えが必要です")]
    Required,
    #[error("{max}文字より長い答えです")]
    TooLong { max: usize },
    #[error("制御文字か、書く向きを変える文字が入っています")]
    ControlCharacter,
    #[error("個人番号のような数字が入っています。個人番号は受け取りません")]
    PersonalNumber,
    #[error("フリガナはカタカナで書いてください")]
    NotKatakana,
    #[error("電話番号は、0で始まる10桁か11桁の数字です")]
    NotAPhone,
    #[error("郵便番号は7桁の数字です")]
    NotAPostalCode,
    #[error(
        "日付として読めません。「1993-01-01」か、8桁、7桁（4050101 = 平成5年1月1日）で書いてください"
    )]
    NotADate,
    #[error("その日は暦にありません")]
    NoSuchDay,
    #[error("日まで必要です")]
    DayNeeded,
    #[error("今日より後の日です")]
    FutureDay,
    #[error("今日より前の日です")]
    PastDay,
    #[error("今日から1年より先の日です")]
    FarDay,
    #[error("{min}桁から{max}桁の数字ではありません")]
    WrongDigits { min: u32, max: u32 },
    #[error("選択肢にない答えです")]
    NotAnOption,
    #[error("整数ではありません")]
    NotANumber,
    #[error("{min}から{max}までの数ではありません")]
    OutOfRange { min: u32, max: u32 },
    #[error("この項目が受け取る形の値ではありません")]
    WrongKind,
}

impl InputError {
    /// The stable name that screens and the API look a sentence up by.
    pub fn code(self) -> &'static str {
        match self {
            InputError::Required => "input.required",
            InputError::TooLong { .. } => "input.too_long",
            InputError::ControlCharacter => "input.control_character",
            InputError::PersonalNumber => "input.personal_number",
            InputError::NotKatakana => "input.not_katakana",
            InputError::NotAPhone => "input.not_a_phone",
            InputError::NotAPostalCode => "input.not_a_postal_code",
            InputError::NotADate => "input.not_a_date",
            InputError::NoSuchDay => "input.no_such_day",
            InputError::DayNeeded => "input.day_needed",
            InputError::FutureDay => "input.future_day",
            InputError::PastDay => "input.past_day",
            InputError::FarDay => "input.far_day",
            InputError::WrongDigits { .. } => "input.wrong_digits",
            InputError::NotAnOption => "input.not_an_option",
            InputError::NotANumber => "input.not_a_number",
            InputError::OutOfRange { .. } => "input.out_of_range",
            InputError::WrongKind => "input.wrong_kind",
        }
    }

    /// All codes, for the parity test of the screens' sentences.
    pub const CODES: [&'static str; 18] = [
        "input.required",
        "input.too_long",
        "input.control_character",
        "input.personal_number",
        "input.not_katakana",
        "input.not_a_phone",
        "input.not_a_postal_code",
        "input.not_a_date",
        "input.no_such_day",
        "input.day_needed",
        "input.future_day",
        "input.past_day",
        "input.far_day",
        "input.wrong_digits",
        "input.not_an_option",
        "input.not_a_number",
        "input.out_of_range",
        "input.wrong_kind",
    ];
}
