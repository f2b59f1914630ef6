//! The same form for the same hundred invented residents, made by madoguchi and by
//! two other libraries in one run.
//!
//! Each library may keep what it can keep between documents. The job: the sheet,
//! the answers as words at the same places, a QR code. The rivals get their
//! glyphs looked up one by one, without shaping, and draw no marks, which is less
//! work than ours. CPU time is that of this thread.
//!
//! `cargo run --release [FORM]`, where FORM is a folder of `templates/forms`.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::path::Path;

use madoguchi::form::Form;
use madoguchi::form::template::{Orientation, PaperSize};

mod job;
mod measure;
mod ours;
mod plain;
mod rival_krilla;

fn main() {
    let form = std::env::args().nth(1).unwrap_or_else(|| "juminhyo".to_owned());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let form = Form::load(&root.join("templates/forms").join(form)).unwrap();
    // The sheet that the rivals are given is upright, and drawn once.
    let paper = &form.template().paper;
    if paper.size != PaperSize::A4 || paper.orientation != Orientation::Portrait {
        eprintln!("only forms on upright A4 are compared; {} is not", form.id());
        std::process::exit(2);
    }
    let job = job::Job::of(&form);
    let folder = std::env::temp_dir().join("madoguchi-rivals");
    std::fs::create_dir_all(&folder).unwrap();

    let started = std::time::Instant::now();
    let ours = ours::Ours::new(&form);
    let first = ours.document(&job.residents[0]);
    println!("from nothing to the first document: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);

    let krilla = rival_krilla::Rival::new(&job, ours.empty());
    let plain = plain::Rival::new();
    let rows = [
        ("madoguchi", measure::run(100, |n| ours.document(&job.residents[n % 100]))),
        ("krilla 0.8.2", measure::run(100, |n| krilla.document(&job, &job.residents[n % 100]))),
        ("printpdf 0.12.8, plain", measure::run(4, |n| plain.document(&job, &job.residents[n]))),
    ];
    let (base_ms, base_bytes) = (rows[0].1.cpu_ms, rows[0].1.bytes);
    println!("{:<24}{:>12}{:>8}{:>12}{:>8}", "", "CPU ms/doc", "ratio", "bytes", "ratio");
    for (name, measured) in &rows {
        println!(
            "{name:<24}{:>12.3}{:>8.1}{:>12.0}{:>8.1}",
            measured.cpu_ms,
            measured.cpu_ms / base_ms,
            measured.bytes,
            measured.bytes / base_bytes,
        );
        let file = name.split(' ').next().unwrap();
        std::fs::write(folder.join(file).with_extension("pdf"), &measured.last).unwrap();
    }
    std::fs::write(folder.join("first.pdf"), first).unwrap();
    println!("the last file of each is in {}", folder.display());
}
