//! A piece of roll paper: words, rules and a code from top to bottom, the same
//! for a slip printer and for a PDF.

/// How large words are, in steps of the normal size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    Normal,
    /// Twice as wide and high.
    Double,
    /// Four times: a number to be read from afar.
    Giant,
}

impl Size {
    /// 1, 2 or 4.
    pub fn times(self) -> u8 {
        match self {
            Size::Normal => 1,
            Size::Double => 2,
            Size::Giant => 4,
        }
    }
}

/// Where words stand on their line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Center,
}

/// One thing on the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Words {
        text: String,
        size: Size,
        align: Align,
    },
    /// Words from the left, and what belongs to them at the right: an amount.
    Pair {
        left: String,
        right: String,
        size: Size,
    },
    /// A line across.
    Rule,
    /// A QR code in the middle.
    Qr(String),
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    pub parts: Vec<Part>,
}

impl Roll {
    /// With words from the left.
    pub fn words(self, text: impl Into<String>) -> Self {
        self.with(text, Size::Normal, Align::Left)
    }

    /// With words in the middle.
    pub fn centred(self, text: impl Into<String>, size: Size) -> Self {
        self.with(text, size, Align::Center)
    }

    /// With words.
    pub fn with(mut self, text: impl Into<String>, size: Size, align: Align) -> Self {
        self.parts.push(Part::Words { text: text.into(), size, align });
        self
    }

    /// With words from the left, and others at the right of the same line.
    pub fn pair(mut self, left: impl Into<String>, right: impl Into<String>, size: Size) -> Self {
        self.parts.push(Part::Pair { left: left.into(), right: right.into(), size });
        self
    }

    /// With a line across.
    pub fn rule(mut self) -> Self {
        self.parts.push(Part::Rule);
        self
    }

    /// With a QR code.
    pub fn qr(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Qr(text.into()));
        self
    }
}
