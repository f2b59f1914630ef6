//! A disk that can be filled.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::Program;
use super::skip;

const NAMESPACE: [&str; 5] = ["unshare", "--map-root-user", "--mount", "--propagation", "private"];

/// What fits on the disk: many times what an empty office takes, so that room can
/// be taken away and given back.
pub const ROOM: u64 = 8 << 20;

/// A program whose data lies on a small disk, seen from outside.
pub fn on_a_small_disk(folder: &Path, config: &Path) -> Option<(Program, PathBuf)> {
    beside_a_small_disk(folder, folder, config)
}

/// A program with a small disk at `folder`, which is seen from outside.
pub fn beside_a_small_disk(
    folder: &Path,
    data: &Path,
    config: &Path,
) -> Option<(Program, PathBuf)> {
    let tried = Command::new(NAMESPACE[0]).args(&NAMESPACE[1..]).arg("true").output();
    if !tried.is_ok_and(|output| output.status.success()) {
        skip("no disk was filled", "this machine forbids namespaces");
        return None;
    }
    let script = format!("mount -t tmpfs -o size={ROOM} tmpfs \"$1\" && shift && exec \"$@\"");
    let mut command = Command::new(NAMESPACE[0]);
    command.args(&NAMESPACE[1..]).args(["sh", "-c", &script, "sh"]).arg(folder);
    command.arg(env!("CARGO_BIN_EXE_madoguchi")).args(["serve", "--listen", "127.0.0.1:0"]);
    let program = Program::start(command.arg("--config").arg(config).arg("--data").arg(data));
    let inside = format!("/proc/{}/root{}", program.id(), folder.display());
    Some((program, inside.into()))
}
