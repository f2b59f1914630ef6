//! Keeps the 個人番号 out.
//!
//! No part of this program asks for, reads or stores the twelve digits (番号法
//! 第19・20条). A resident may still type them into a free text field, so every
//! free text and every log line passes [`contains`] first. Driver's licence
//! numbers are twelve digits too; fields of that type are exempt by type.

/// Whether twelve digits in a row pass the check digit of a 個人番号. Full-width
/// digits count, and single blanks, hyphens, dots or the like between digits do not
/// hide them.
pub fn contains(text: &str) -> bool {
    let mut run: Vec<u32> = Vec::new();
    let mut separated = false;
    for c in text.chars().chain(std::iter::once('\n')) {
        match digit(c) {
            Some(digit) => {
                run.push(digit);
                separated = false;
            }
            None if is_separator(c) && !run.is_empty() && !separated => separated = true,
            None => {
                if is_number(&run) {
                    return true;
                }
                run.clear();
                separated = false;
            }
        }
    }
    false
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
    matches!(c, ' ' | '\u{3000}' | '\u{A0}' | '\t')
        || [DASHES, DOTS, OTHERS].iter().any(|separators| separators.contains(c))
}

/// 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令 第8条: the
/// check digit is 11 − (Σ Pn·Qn mod 11), or 0 where the remainder is 0 or 1;
/// Pn counts from the right, Qn is n+1 up to the sixth digit and n−5 after it.
fn is_number(run: &[u32]) -> bool {
    let [digits @ .., check] = run else { return false };
    if digits.len() != 11 {
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
        ] {
            assert!(contains(text), "{text}");
        }
    }

    #[test]
    fn other_digits_pass() {
        for text in
            ["", "090-1234-5678", "123456789012", "1234567890180", "3号1234567", "1234  5678 9018"]
        {
            assert!(!contains(text), "{text}");
        }
    }
}
