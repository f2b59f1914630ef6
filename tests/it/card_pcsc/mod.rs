//! Cards through a real pcscd.
//!
//! The emulator lays its cards on pcscd's virtual reader, and the real program
//! (and the real PC/SC reader of the library) reads them. Each test has a pcscd of
//! its own; see [`rig`].

#[cfg(feature = "pcsc")]
mod at_another_pc;
#[cfg(feature = "pcsc")]
mod purse;
#[cfg(feature = "pcsc")]
mod rig;
#[cfg(feature = "pcsc")]
mod through_the_command;
#[cfg(feature = "pcsc")]
mod through_the_library;

/// Without the feature there is nothing to read with, and the program says so.
#[cfg(not(feature = "pcsc"))]
mod without_readers {
    use std::process::{Command, Output};

    fn card_read() -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        program.args(["card", "read"]).output().unwrap()
    }

    #[test]
    fn a_build_without_readers_says_how_to_get_one_with_them() {
        let output = card_read();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains("--features pcsc") && said.contains("card.no_pcsc"), "{said}");
    }
}
