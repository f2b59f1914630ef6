//! `madoguchi export`: files of the town's own design, beside a server that works.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use madoguchi::applicant::Source;
use madoguchi::chance::SystemChance;
use madoguchi::clock::{Clock, SystemClock, iso_day};
use madoguchi::config::Config;
use madoguchi::db::{self, Db, Tx};
use madoguchi::form::{Forms, record};
use madoguchi::id::DeviceId;
use madoguchi::journal::{self, Actor, Journal, OfficeKey};
use madoguchi::visit::{self, Counter, Way, Wishes};

use crate::stage::program::{Program, madoguchi, run};

const CONFIG: &str = "kiosk-config/example";

/// An office to which somebody of this name has handed in a 住民票.
fn office(folder: &Path, name: &str) {
    let key = OfficeKey::load(&folder.join("office.key"), true, &SystemChance).unwrap();
    let journal = Journal::new(Arc::new(SystemClock), Arc::new(SystemChance), key);
    let path = folder.join("office.db");
    drop(Db::start(&path, madoguchi::schema::STEPS, journal::check_tail).unwrap());
    let config = Config::load(Path::new(CONFIG)).unwrap();
    let forms = Forms::load(Path::new("templates/forms")).unwrap();
    let connection = db::open(&path).unwrap();
    connection.execute_batch("begin immediate").unwrap();
    let tx = Tx::alone(&connection);
    journal.open_log(&tx, "999997/honcho").unwrap();
    let kiosk = DeviceId::new(journal.now(), &SystemChance);
    let actor = Actor::Device(kiosk);
    let id = visit::start(&tx, &journal, journal.op(), kiosk, &Wishes::default()).unwrap();
    visit::agree(&tx, &journal, actor, id).unwrap();
    visit::choose(&tx, &journal, actor, id, &[config.procedure("juminhyo").unwrap()]).unwrap();
    visit::choose_way(&tx, &journal, actor, id, Some(Way::Hand)).unwrap();
    let form = forms.get("juminhyo").unwrap();
    let mut sample = form.sample().unwrap().clone();
    sample["applicant"]["name"] = name.into();
    let today = journal.now().date();
    let answers = record::read(&[form], &sample, Source::Typed, today).unwrap();
    visit::answer(&tx, &journal, actor, id, &answers).unwrap();
    let counter = Counter { config: &config, forms: &forms };
    visit::submit(&tx, &journal, counter, actor, journal.op(), id).unwrap();
    connection.execute_batch("commit").unwrap();
}

/// The example's configuration, in which nothing has to be accepted first.
fn config(folder: &Path) {
    let files = ["site", "counters", "procedures", "fees", "appointments", "cashless", "exports"];
    for name in files.map(|name| format!("{name}.toml")) {
        let text = std::fs::read_to_string(Path::new(CONFIG).join(&name)).unwrap();
        let text = text.replace("accepted_only = true", "accepted_only = false");
        let text = text.replace("kind = \"simulated\"", "kind = \"manual\"");
        let text = text.replace("kiosks = [\"記載台1\", \"デモ端末 1\"]\n", "");
        std::fs::write(folder.join(name), text).unwrap();
    }
    std::fs::write(folder.join("devices.toml"), "").unwrap();
}

#[test]
fn a_file_leaves_whole_for_its_owner_only_and_the_journal_knows_of_it() {
    let (data, town) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    office(data.path(), "辻\u{E0100}　𠮷男");
    config(town.path());
    let mut server = Program::serve(data.path());
    let (today, out) = (iso_day(SystemClock.now().date()), data.path().join("files"));
    let export = |profile: &str| {
        let mut export = madoguchi(&["export", &today, "--profile", profile, "--data"]);
        export.arg(data.path()).arg("--out").arg(&out);
        run(export.arg("--config").arg(town.path()))
    };
    let (code, said, error) = export("juminhyo_rpa");
    assert_eq!(code, Some(0), "{error}");
    let names = ["csv", "changes.csv", "rejects.csv"];
    let files = names.map(|end| out.join(format!("juminhyo_rpa-{today}.{end}")));
    let paths: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    assert_eq!(said.lines().collect::<Vec<_>>(), paths);
    for file in &files {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 3, "nothing half written is left");
    let written = std::fs::read(&files[0]).unwrap();
    // 辻　吉男 in CP932.
    let name = b"\"\x92\xd2\x81\x40\x8b\x67\x92\x6a\"";
    assert!(written.windows(name.len()).any(|part| part == name), "{written:02X?}");
    let changes = std::fs::read_to_string(&files[1]).unwrap();
    for change in ["氏名,1,異体字を基本の字に,辻\u{E0100}", "氏名,4,縮退,𠮷,U+20BB7,吉"]
    {
        assert!(changes.contains(change), "{changes}");
    }

    let (code, said, error) = export("juminhyo");
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(error.contains("give one of queue, takings, juminhyo_rpa"), "{error}");
    server.stop();
    let connection = db::open_read_only(&data.path().join("office.db")).unwrap();
    let facts: Vec<String> = connection
        .prepare("select facts from journal where kind = 'export.made' and actor = 'console'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let [facts] = facts.as_slice() else { panic!("{facts:?}") };
    assert!(facts.contains("\"rows\":1") && !facts.contains('男'), "{facts}");
    let (code, _, error) = run(madoguchi(&["verify", "--data"]).arg(data.path()));
    assert_eq!(code, Some(0), "{error}");
}
