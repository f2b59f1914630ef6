//! What is said of a panic: where it happened, and nothing else.
//!
//! The message of a panic may hold what was being worked on: a slice of a name that
//! was cut in the wrong place is printed whole. Standard error is kept by the
//! system's log, where nothing personal may stand.

use std::panic::{self, PanicHookInfo};

/// From now on only the place of a panic is told, on standard error.
pub fn tell_only_where() {
    panic::set_hook(Box::new(|panic| eprintln!("{}", place_of(panic))));
}

fn place_of(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!("panicked at {place}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const CHILD: &str = "MADOGUCHI_TEST_PANICS";

    /// The hook belongs to the whole process, so it is tried in one of its own.
    #[test]
    fn a_panic_tells_where_and_not_what() {
        if std::env::var_os(CHILD).is_some() {
            tell_only_where();
            let name = String::from("試験　花子");
            let cut = panic::catch_unwind(|| name[..1].to_owned());
            assert!(cut.is_err());
            return;
        }
        let this = "server::panics::tests::a_panic_tells_where_and_not_what";
        let child = Command::new(std::env::current_exe().unwrap())
            .args([this, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8(child.stderr).unwrap();
        assert!(child.status.success(), "{said}");
        assert!(said.contains("src/server/panics.rs:"), "{said}");
        assert!(!said.contains("花子") && !said.contains("byte index"), "{said}");
    }
}
