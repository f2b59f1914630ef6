//! Money.

/// Whole yen. A fee is never fractional and never negative.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Yen(pub u32);

impl Yen {
    /// The total, or `None` when it would not fit: a wrong total must never
    /// reach the payment terminal.
    pub fn total(fees: impl IntoIterator<Item = Yen>) -> Option<Yen> {
        fees.into_iter().try_fold(Yen(0), |sum, fee| sum.0.checked_add(fee.0).map(Yen))
    }

    /// `count` times this fee, or `None` when it would not fit.
    pub fn times(self, count: u32) -> Option<Yen> {
        self.0.checked_mul(count).map(Yen)
    }
}

impl std::fmt::Display for Yen {
    /// `1,300`: digits in groups of three, without the unit.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.0.to_string();
        let head = digits.len() % 3;
        let mut groups = Vec::new();
        if head > 0 {
            groups.push(&digits[..head]);
        }
        groups.extend((head..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
        f.write_str(&groups.join(","))
    }
}

/// How 消費税 stands to a fee. What the law makes a town do is not taxed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tax {
    /// 非課税.
    #[default]
    Exempt,
    /// 課税, ten percent, which the price holds already (内税).
    Included,
}

impl Tax {
    /// The name used in storage: `exempt`.
    pub fn id(self) -> &'static str {
        match self {
            Tax::Exempt => "exempt",
            Tax::Included => "included",
        }
    }

    /// The tax of a [`Tax::id`].
    pub fn from_id(id: &str) -> Option<Tax> {
        [Tax::Exempt, Tax::Included].into_iter().find(|tax| tax.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_that_does_not_fit_is_refused() {
        assert_eq!(Yen::total([Yen(300), Yen(450)]), Some(Yen(750)));
        assert_eq!(Yen::total([Yen(u32::MAX), Yen(1)]), None);
        assert_eq!(Yen(300).times(u32::MAX), None);
    }

    #[test]
    fn yen_are_written_in_groups_of_three() {
        for (yen, text) in [(0, "0"), (300, "300"), (1_300, "1,300"), (1_234_567, "1,234,567")] {
            assert_eq!(Yen(yen).to_string(), text);
        }
    }
}
