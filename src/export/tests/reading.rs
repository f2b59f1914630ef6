//! A reader of such files (RFC 4180), as another program would read them.

/// The cells of every line.
pub fn table(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(one) = letters.next() {
        match one {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            one if quoted => cell.push(one),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            one if one == separator => line.push(std::mem::take(&mut cell)),
            one => cell.push(one),
        }
    }
    assert!(!quoted && line.is_empty() && cell.is_empty(), "the file ends within a line");
    lines
}

#[test]
fn quoted_cells_are_read_as_they_were() {
    let read = table("\"a\"\"b\",\"c\r\nd\",\r\ne,f,g\n", ',');
    assert_eq!(read, [["a\"b", "c\r\nd", ""], ["e", "f", "g"]]);
}
