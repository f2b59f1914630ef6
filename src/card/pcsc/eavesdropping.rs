//! Whether pcscd writes every command to its log.
//!
//! With `--apdu` it does, PINs in clear included. A counter must not read cards
//! then, so the reader refuses until the service is started without it. `--debug`
//! alone is let be: it tells of readers and clients, never of commands, and an
//! office needs it when a reader is not found.

use std::path::Path;

/// Whether any pcscd that runs here was started with `--apdu`. A service that
/// cannot be seen, as in another container, counts as discreet.
pub(super) fn service_logs_commands(proc: &Path) -> bool {
    let Ok(processes) = std::fs::read_dir(proc) else { return false };
    processes.flatten().any(|process| {
        let read = |file: &str| std::fs::read(process.path().join(file)).unwrap_or_default();
        read("comm").starts_with(b"pcscd\n") && asks_for_commands(&read("cmdline"))
    })
}

/// Arguments are separated by NUL; short options may be joined, long ones cut
/// short.
fn asks_for_commands(command_line: &[u8]) -> bool {
    command_line.split(|byte| *byte == 0).skip(1).any(|argument| match argument {
        [b'-', b'-', long @ ..] => !long.is_empty() && b"apdu".starts_with(long),
        // What follows `c` is the folder of the configuration.
        [b'-', short @ ..] => short.iter().take_while(|byte| **byte != b'c').any(|b| *b == b'a'),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_seen_however_it_is_written() {
        for (arguments, logs) in [
            ("--foreground --apdu", true),
            ("-fa", true),
            ("--foreground --ap", true),
            ("--foreground --auto-exit --debug", false),
            ("-f -c/etc/cards", false),
            ("--config /a", false),
        ] {
            let command_line = format!("/usr/sbin/pcscd {arguments}").replace(' ', "\0");
            assert_eq!(asks_for_commands(command_line.as_bytes()), logs, "{arguments}");
        }
    }

    #[test]
    fn only_pcscd_is_looked_at() {
        let proc = tempfile::tempdir().unwrap();
        for (pid, comm) in [("1", "pcsc-other\n"), ("2", "sh\n"), ("self", "")] {
            std::fs::create_dir(proc.path().join(pid)).unwrap();
            std::fs::write(proc.path().join(pid).join("comm"), comm).unwrap();
            std::fs::write(proc.path().join(pid).join("cmdline"), "x\0--apdu\0").unwrap();
        }
        assert!(!service_logs_commands(proc.path()));
        std::fs::write(proc.path().join("2/comm"), "pcscd\n").unwrap();
        assert!(service_logs_commands(proc.path()));
    }
}
