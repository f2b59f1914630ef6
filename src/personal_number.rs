//! Keeps the 個人番号 out.
//!
//! No part of this program asks for, reads or stores the twelve digits (番号法
//! 第19・20条). A resident may still type them into a free text field, and a town
//! into a file of its configuration, so every free text of a form and every line
//! of those files passes [`contains`] first. Driver's licence numbers are twelve
//! digits too; fields of that type are exempt by type.

/// Digits of a 個人番号.
const LEN: usize = 12;

/// Whether twelve digits in a row pass the check digit of a 個人番号. Full-width
/// digits count, and a few blanks, hyphens, brackets or the like between digits do
/// not hide them, nor do other groups of digits before or after.
pub fn contains(text: &str) -> bool {
    let mut run = Run::default();
    for c in text.chars().chain(std::iter::once('\n')) {
        match digit(c) {
            Some(digit) => run.push(digit),
            None if is_separator(c) && run.separate() => {}
            None => {
                if run.holds_number() {
                    return true;
                }
                run = Run::default();
            }
        }
    }
    false
}

/// The most that stands between two groups of one number: ` - `.
const SEPARATORS_MAX: usize = 3;

/// Digits in groups with little between them: `1-2-3 (1234)5678 - 9018`.
#[derive(Default)]
struct Run {
    digits: Vec<u32>,
    /// Where each group but the first begins.
    begins: Vec<usize>,
    /// How many separators stand after the last digit.
    separators: usize,
}

impl Run {
    fn push(&mut self, digit: u32) {
        if self.separators > 0 && !self.digits.is_empty() {
            self.begins.push(self.digits.len());
        }
        self.separators = 0;
        self.digits.push(digit);
    }

    /// Ends the group. `false` where too much stands between two groups for one
    /// number.
    fn separate(&mut self) -> bool {
        self.separators += 1;
        self.separators <= SEPARATORS_MAX
    }

    /// Whether any groups in a row are twelve digits that could be a number. Twelve
    /// digits inside one longer group are none.
    fn holds_number(&self) -> bool {
        let ends = [self.begins.as_slice(), &[self.digits.len()]].concat();
        std::iter::once(0).chain(self.begins.iter().copied()).any(|begin| {
            let end = begin + LEN;
            ends.binary_search(&end).is_ok() && is_number(&self.digits[begin..end])
        })
    }
}

fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(c as u32 - '０' as u32),
        c => c.to_digit(10),
    }
}

/// Blanks and what people put between groups of digits. The colon is left out:
/// a day and its time of day are twelve digits too.
fn is_separator(c: char) -> bool {
    const DASHES: &str = "-－﹣‐‑‒–—―−ー─━";
    const DOTS: &str = "・･·•.．。｡";
    const OTHERS: &str = ",，、､/／_＿~〜～";
    const BRACKETS: &str = "()（）[]［］「」";
    matches!(c, ' ' | '\u{3000}' | '\u{A0}' | '\t')
        || [DASHES, DOTS, OTHERS, BRACKETS].iter().any(|separators| separators.contains(c))
}

/// 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令 第8条: the
/// check digit is 11 − (Σ Pn·Qn mod 11), or 0 where the remainder is 0 or 1;
/// Pn counts from the right, Qn is n+1 up to the sixth digit and n−5 after it.
fn is_number(run: &[u32]) -> bool {
    let [digits @ .., check] = run else { return false };
    if run.len() != LEN {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .zip(1..)
        .map(|(digit, n)| digit * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    *check == if sum % 11 <= 1 { 0 } else { 11 - sum % 11 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_is_seen_however_it_is_typed() {
        for text in [
            "123456789018",
            "番号は123456789018です",
            "１２３４５６７８９０１８",
            "1234 5678 9018",
            "1234-5678-9018",
            "1234・5678・9018",
            "1234･5678･9018",
            "1234.5678.9018",
            "1234．5678．9018",
            "1234,5678,9018",
            "1234，5678、9018",
            "1234/5678／9018",
            "1234·5678—9018",
            "1234―5678–9018",
            "1234_5678＿9018",
            "1234  5678 9018",
            "1234 - 5678 - 9018",
            "1234--5678--9018",
            "(1234)5678-9018",
            "（1234）（5678）（9018）",
        ] {
            assert!(contains(text), "{text}");
        }
    }

    #[test]
    fn other_digits_before_or_after_do_not_hide_one() {
        for text in [
            "みなみ1-2-3 123456789018",
            "中央1-2-3 1234-5678-9018",
            "1234 5678 9018-2",
            "090-0000-0101 123456789018",
            "0000-1234-5678-9018",
            "３－４－５　１２３４５６７８９０１８",
            "２０３・１２３４５６７８９０１８・１",
        ] {
            assert!(contains(text), "{text}");
        }
    }

    #[test]
    fn other_digits_pass() {
        for text in [
            "",
            "090-1234-5678",
            "123456789012",
            "1234567890180",
            "3号1234567",
            "1234    5678 9018",
            "2026-11-21 10:25",
            "1-2-3 123456789012",
            "11234 5678 9018",
            "1234 5678 90181",
        ] {
            assert!(!contains(text), "{text}");
        }
    }
}
