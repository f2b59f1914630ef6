//! The string literals of Rust source, comments left out.

/// Every string literal, as it is when the program runs.
pub fn of(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        rest = if rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(hashes) = raw(rest) {
            let (inside, after) = rest[hashes + 2..].split_once(&end(hashes)).unwrap();
            found.push(inside.to_owned());
            after
        } else if let Some(after) = character(rest) {
            after
        } else if let Some(inside) = rest.strip_prefix('"') {
            let (literal, after) = quoted(inside);
            found.push(literal);
            after
        } else {
            &rest[c.len_utf8()..]
        };
    }
    found
}

/// How many hashes a raw string that begins here has.
fn raw(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?.trim_start_matches('#');
    after.starts_with('"').then(|| rest.len() - 1 - after.len())
}

fn end(hashes: usize) -> String {
    format!("\"{}", "#".repeat(hashes))
}

/// What follows a character literal that begins here. A lifetime is none.
fn character(rest: &str) -> Option<&str> {
    let inside = rest.strip_prefix('\'')?;
    match inside.strip_prefix('\\') {
        Some(escaped) => {
            let first = escaped.chars().next()?.len_utf8();
            escaped[first..].split_once('\'').map(|(_, after)| after)
        }
        None => inside[inside.chars().next()?.len_utf8()..].strip_prefix('\''),
    }
}

/// The inside of a string literal, its escapes replaced, and what follows.
fn quoted(mut rest: &str) -> (String, &str) {
    let mut literal = String::new();
    loop {
        let c = rest.chars().next().unwrap();
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => return (literal, rest),
            '\\' => rest = escaped(rest, &mut literal),
            c => literal.push(c),
        }
    }
}

/// Adds what an escape stands for; gives what follows it.
fn escaped<'s>(rest: &'s str, literal: &mut String) -> &'s str {
    if let Some((code, after)) = rest.strip_prefix("u{").and_then(|code| code.split_once('}')) {
        literal.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
        return after;
    }
    if rest.starts_with('\n') {
        return rest.trim_start();
    }
    let c = rest.chars().next().unwrap();
    literal.push(if matches!(c, '"' | '\\' | '\'') { c } else { ' ' });
    &rest[c.len_utf8()..]
}
