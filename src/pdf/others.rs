//! What other people's programs see in a file, for tests.

use std::process::Command;

/// A program's standard output for a PDF, which it finds as `form.pdf`, or `None` where
/// it is not installed.
pub(crate) fn ask(program: &str, arguments: &[&str], pdf: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("form.pdf"), pdf).unwrap();
    let output = Command::new(program).args(arguments).current_dir(folder.path()).output();
    match output {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program} refused the file: {said}");
            Some(output.stdout)
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{program} is needed: {error}");
            eprintln!("NOT TESTED: {program} is not installed");
            None
        }
    }
}

/// The words of a file, as they can be copied out of it.
pub(crate) fn extracted(pdf: &[u8]) -> Option<String> {
    let text = ask("pdftotext", &["-raw", "form.pdf", "-"], pdf)?;
    Some(String::from_utf8(text).unwrap())
}

/// The same sheet by sheet, without any blanks.
pub(crate) fn sheets(pdf: &[u8]) -> Option<Vec<String>> {
    let text = extracted(pdf)?;
    let whole = text.strip_suffix('\u{c}').unwrap_or(&text);
    let bare = |sheet: &str| sheet.chars().filter(|one| !one.is_whitespace()).collect();
    Some(whole.split('\u{c}').map(bare).collect())
}
