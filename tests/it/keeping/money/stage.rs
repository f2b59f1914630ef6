//! The town that is paid in, and the people who pay.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use madoguchi::applicant::Source;
use madoguchi::chance::{Chance, SystemChance};
use madoguchi::clock::SystemClock;
use madoguchi::config::Config;
use madoguchi::db::{Db, Tx};
use madoguchi::form::{Forms, record};
use madoguchi::id::{DeviceId, VisitId};
use madoguchi::journal::{self, Actor, Journal, OfficeKey};
use madoguchi::schema;
use madoguchi::visit::{self, Counter, Way, Wishes};

/// Visits that were handed in, by the same acts as residents', as many as are paid.
pub fn hand_in(data: &Path, config: &Path, visits: usize) -> Vec<VisitId> {
    let config = Config::load(config).unwrap();
    let forms = Forms::load(Path::new("templates/forms")).unwrap();
    let chance: Arc<dyn Chance> = Arc::new(SystemChance);
    let key = OfficeKey::load(&data.join("office.key"), false, &*chance).unwrap();
    let journal = Journal::new(Arc::new(SystemClock), chance, key);
    let db = Db::start(&data.join("office.db"), schema::STEPS, journal::check_tail).unwrap();
    let site = format!("{}/{}", config.site.town.code, config.site.office.id);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let all = move |tx: &Tx<'_>| -> Result<Vec<VisitId>, visit::Error> {
        journal.open_log(tx, &site)?;
        let form = forms.get("juminhyo").unwrap();
        let counter = Counter { config: &config, forms: &forms };
        let today = journal.now().date();
        let sample = form.sample().unwrap();
        let answers = record::read(&[form], sample, Source::Typed, today).unwrap();
        let procedure = config.procedure("juminhyo").unwrap();
        let hand_in = |_| {
            let kiosk = DeviceId::new(journal.now(), &SystemChance);
            let actor = Actor::Device(kiosk);
            let id = visit::start(tx, &journal, journal.op(), kiosk, &Wishes::default())?;
            visit::agree(tx, &journal, actor, id)?;
            visit::choose(tx, &journal, actor, id, &[procedure])?;
            visit::choose_way(tx, &journal, actor, id, Some(Way::Hand))?;
            visit::answer(tx, &journal, actor, id, &answers)?;
            visit::submit(tx, &journal, counter, actor, journal.op(), id)?;
            Ok(id)
        };
        (0..visits).map(hand_in).collect()
    };
    runtime.block_on(db.write(all)).unwrap()
}

/// The example town with a terminal at this address, which is not waited for long.
pub fn town(folder: &Path, terminal: &str) {
    for name in ["site.toml", "counters.toml", "procedures.toml", "fees.toml", "appointments.toml"]
    {
        fs::copy(Path::new("kiosk-config/example").join(name), folder.join(name)).unwrap();
    }
    fs::write(folder.join("devices.toml"), "").unwrap();
    let cashless = fs::read_to_string("kiosk-config/example/cashless.toml").unwrap();
    let line = format!("kind = \"line\"\naddress = \"{terminal}\"\nwait_secs = 1");
    fs::write(folder.join("cashless.toml"), cashless.replace("kind = \"simulated\"", &line))
        .unwrap();
}
