//! Why an entry was not taken, with the codes that screens have sentences for.

/// Why an entry was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    #[error("an answer is needed")]
    Required,
    #[error("longer than {max} characters")]
    TooLong { max: usize },
    #[error("holds a control character or one that changes the direction of writing")]
    ControlCharacter,
    #[error("holds what looks like a 個人番号, which is never taken down")]
    PersonalNumber,
    #[error("a reading is written in katakana")]
    NotKatakana,
    #[error("a telephone number has 10 or 11 digits and begins with 0")]
    NotAPhone,
    #[error("a postal code has 7 digits")]
    NotAPostalCode,
    #[error("not a date: type 7 digits (4050101 = 平成5年1月1日), 8 digits or 1993-01-01")]
    NotADate,
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    #[error("the day must be known")]
    DayNeeded,
    #[error("the day is still to come")]
    FutureDay,
    #[error("the day has passed")]
    PastDay,
    #[error("the day is more than a year ahead")]
    FarDay,
    #[error("not {min} to {max} digits")]
    WrongDigits { min: u32, max: u32 },
    #[error("not one of the options")]
    NotAnOption,
    #[error("not a whole number")]
    NotANumber,
    #[error("not between {min} and {max}")]
    OutOfRange { min: u32, max: u32 },
    #[error("not of the kind this question takes")]
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
