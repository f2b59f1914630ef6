//! Small charts of bars that the server draws into the page: no script, no library,
//! and the same in words for whoever hears the page.

/// One bar, in the units of its drawing.
pub(super) struct Bar {
    pub x: usize,
    pub y: usize,
    pub height: usize,
    pub label: String,
    pub value: String,
}

/// A chart.
pub(super) struct Bars {
    pub title: String,
    /// All of it in words.
    pub words: String,
    pub width: usize,
    pub bars: Vec<Bar>,
}

/// Units from one bar to the next, and of the tallest bar.
pub(super) const STEP: usize = 44;
pub(super) const TALLEST: usize = 80;
/// Room above the tallest bar for its number.
pub(super) const ABOVE: usize = 20;

impl Bars {
    /// A bar for each label; none where there is no value.
    pub fn of(title: &str, values: &[(String, Option<usize>)]) -> Self {
        let most = values.iter().filter_map(|(_, value)| *value).max().unwrap_or_default().max(1);
        let bar = |(place, (label, value)): (usize, &(String, Option<usize>))| {
            let height = value.unwrap_or_default() * TALLEST / most;
            Bar {
                x: place * STEP,
                y: ABOVE + TALLEST - height,
                height,
                label: label.clone(),
                value: value.map_or_else(|| "–".to_owned(), |value| value.to_string()),
            }
        };
        let bars: Vec<Bar> = values.iter().enumerate().map(bar).collect();
        let words: Vec<String> =
            bars.iter().map(|bar| format!("{} {}", bar.label, bar.value)).collect();
        Self {
            title: title.to_owned(),
            words: format!("{title}: {}", words.join(", ")),
            width: bars.len() * STEP,
            bars,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tallest_bar_fills_the_drawing_and_all_of_it_is_said_in_words() {
        let values =
            [("9".to_owned(), Some(4)), ("10".to_owned(), None), ("11".to_owned(), Some(1))];
        let drawn = Bars::of("来た方", &values);
        let heights: Vec<usize> = drawn.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [TALLEST, 0, TALLEST / 4]);
        assert!(drawn.bars.iter().all(|bar| bar.y + bar.height == ABOVE + TALLEST));
        assert_eq!(drawn.words, "来た方: 9 4, 10 –, 11 1");
        assert_eq!(Bars::of("来た方", &[]).width, 0);
    }
}
