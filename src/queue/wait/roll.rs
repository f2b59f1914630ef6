//! The hall rolled forward, a few hundred times, by the rule by which it is really
//! called. One batch answers for everybody who waits.
//!
//! Whoever comes without a credit is called after all who wait now, so only those who
//! will overtake have to be invented. Every ticket draws its own luck before anything
//! happens: two halls with the same seed differ only by what was changed in them.

use super::coming::{self, Person, from_now};
use super::hall::{Counter, Hall, Lane, Wait, Waiting, Waits};
use super::odds::Odds;
use super::rng::Rng;
use super::start::Start;

/// So many replications give quantiles that more would hardly change.
pub const REPLICATIONS: usize = 300;

/// Tickets times replications of one batch, at most.
const WORK_MAX: usize = 400_000;
const REPLICATIONS_MIN: usize = 40;

/// A ticket has a wait when at least this share of replications called it.
const CALLED_MIN: f32 = 0.9;

/// The waits of everybody in `hall`, in one batch of so many replications, or fewer
/// where the hall is extraordinarily full.
pub fn roll(hall: &Hall, odds: &Odds, seed: u64, replications: usize) -> Waits {
    let most = (WORK_MAX / hall.waiting.len().max(1)).max(REPLICATIONS_MIN);
    let times = replications.clamp(1, most);
    let mut run = Run::new(hall, odds);
    let mut called = vec![f32::INFINITY; hall.waiting.len() * times];
    for time in 0..times {
        run.replicate(seed, time, |ticket, at| called[ticket * times + time] = at);
    }
    let of = |(ticket, waits): (usize, &mut [f32])| {
        quantiles(waits).map(|wait| (hall.waiting[ticket].ticket, wait))
    };
    called.chunks_mut(times).enumerate().filter_map(of).collect()
}

/// Three quantiles of what the replications said.
fn quantiles(waits: &mut [f32]) -> Option<Wait> {
    let called = waits.iter().filter(|at| at.is_finite()).count();
    if called == 0 || (called as f32) < CALLED_MIN * waits.len() as f32 {
        return None;
    }
    let mut at = |share: f32| {
        let place = ((share * called as f32) as usize).min(called - 1);
        waits.select_nth_unstable_by(place, f32::total_cmp).1.round() as u32
    };
    Some(Wait { p10_s: at(0.1), p50_s: at(0.5), p90_s: at(0.9) })
}

/// Nobody looks further ahead.
const HORIZON_MAX: f32 = 12.0 * 3600.0;

/// The place in the order, and among equals the order of issue.
type Order = (f32, usize);

/// A counter within one replication.
#[derive(Clone, Copy)]
struct Desk {
    /// When it calls next, breaks included.
    calls: f32,
    break_next: usize,
    credited_in_a_row: u32,
    /// From when until when it is away, the last time that is known: whoever is meant
    /// for it may be called by others meanwhile.
    away: [f32; 2],
}

/// Who waits in one lane, for one counter or for any.
type LineOf = (Lane, Option<usize>);

/// Of a desk that is there all the time, as far as anybody knows.
const NEVER_AWAY: [f32; 2] = [f32::INFINITY; 2];

struct Run<'a> {
    hall: &'a Hall,
    odds: &'a Odds,
    starts: Vec<Start<'a>>,
    /// The lines each counter calls, as places in `heads`; beside each the counter that
    /// goes before it there, as long as that one is there.
    calls: Vec<Vec<(usize, Option<usize>)>>,
    /// By lane and by whom they are meant for, twice: who waits without a credit, then
    /// who waits with one, in the order of the call.
    lines: Vec<Vec<usize>>,
    people: Vec<Person>,
    lines_of: Vec<LineOf>,
    horizon: f32,
    // Used anew by each replication.
    heads: Vec<usize>,
    desks: Vec<Desk>,
    coming: Vec<Person>,
}

impl<'a> Run<'a> {
    fn new(hall: &'a Hall, odds: &'a Odds) -> Self {
        let people: Vec<Person> = hall
            .waiting
            .iter()
            .map(|waiting| Person {
                lane: waiting.lane,
                service: waiting.service,
                effective: from_now(hall, waiting.effective),
                here: 0.0,
                issued: from_now(hall, waiting.issued).min(0.0),
                luck: [0.0; 3],
            })
            .collect();
        // A counter that nobody sits at goes before nobody.
        let meant_for = |waiting: &Waiting| {
            let wants = waiting.wants?;
            hall.counters.iter().position(|counter| counter.number == wants)
        };
        let line_of = |waiting: &Waiting| (waiting.lane, meant_for(waiting));
        let of: Vec<LineOf> = hall.waiting.iter().map(line_of).collect();
        let mut lines_of = of.clone();
        lines_of.sort_unstable();
        lines_of.dedup();
        let line = |own: &LineOf, credited: bool| {
            let mut line: Vec<usize> = (0..people.len())
                .filter(|place| of[*place] == *own && hall.waiting[*place].credited == credited)
                .collect();
            line.sort_by(|a, b| people[*a].effective.total_cmp(&people[*b].effective));
            line
        };
        let lines: Vec<Vec<usize>> = [false, true]
            .iter()
            .flat_map(|credited| lines_of.iter().map(|own| line(own, *credited)))
            .collect();
        let calls = |(counter, one): (usize, &Counter)| {
            let own = lines_of.iter().enumerate().filter(|(_, (lane, _))| one.lanes.has(*lane));
            own.map(|(line, (_, first))| (line, first.filter(|first| *first != counter))).collect()
        };
        let calls = hall.counters.iter().enumerate().map(calls).collect();
        let start = |counter| Start::of(hall, odds, counter);
        let starts = (0..hall.counters.len()).map(start).collect();
        let heads = vec![0; lines.len()];
        let mut run = Self {
            hall,
            odds,
            starts,
            calls,
            lines,
            people,
            lines_of,
            horizon: 0.0,
            heads,
            desks: Vec::new(),
            coming: Vec::new(),
        };
        run.horizon = run.horizon();
        run
    }

    /// How far ahead people still to come can matter, generously.
    fn horizon(&self) -> f32 {
        let work = self.people.iter().map(|person| self.odds.service(person.service).mean() + 60.0);
        let open = self.starts.iter().filter(|start| !matches!(start, Start::Never)).count();
        (3.0 * work.sum::<f32>() / open.max(1) as f32 + 3600.0).min(HORIZON_MAX)
    }

    /// One possible future; tells when each ticket is called.
    fn replicate(&mut self, seed: u64, time: usize, mut called: impl FnMut(usize, f32)) {
        let stream =
            |which: u64| Rng::new(seed.wrapping_add(time as u64 * 4 + which).rotate_left(17));
        let mut rng = stream(0);
        self.people.iter_mut().for_each(|person| person.luck = rng.three());
        self.coming = coming::invent(self.hall, self.odds, self.horizon, &mut stream(1));
        self.open(&mut stream(2));
        self.heads.fill(0);
        let mut left = self.people.len();
        while left > 0 {
            let Some(desk) = self.next_desk() else { return };
            let at = self.desks[desk].calls;
            match self.choose(desk, at) {
                Choice::Waiting(line) => {
                    let ticket = self.lines[line][self.heads[line]];
                    self.heads[line] += 1;
                    left -= 1;
                    called(ticket, at);
                    self.serve(desk, at, self.people[ticket], line >= self.lines_of.len());
                }
                Choice::Coming(place) => {
                    let person = self.coming.remove(place);
                    self.serve(desk, at, person, true);
                }
                Choice::Nobody(until) => self.desks[desk].calls = self.after_break(desk, at, until),
            }
        }
    }

    /// The counters as they begin.
    fn open(&mut self, rng: &mut Rng) {
        self.desks.clear();
        for counter in 0..self.starts.len() {
            let free = self.starts[counter].draw(rng.three(), &self.odds.after);
            let credited_in_a_row = self.hall.counters[counter].credited_in_a_row;
            let away = match self.hall.counters[counter].is_there() {
                true => NEVER_AWAY,
                false => [f32::NEG_INFINITY, free],
            };
            self.desks.push(Desk { calls: free, break_next: 0, credited_in_a_row, away });
            self.desks[counter].calls = self.after_break(counter, free, free);
        }
    }

    /// The counter that calls next.
    fn next_desk(&self) -> Option<usize> {
        let mut next = None;
        let mut earliest = f32::INFINITY;
        for (place, desk) in self.desks.iter().enumerate() {
            if desk.calls < earliest {
                (next, earliest) = (Some(place), desk.calls);
            }
        }
        next
    }

    /// Whom a counter calls at a moment: the earliest place in the order among those
    /// who are here, unless it has let too many pass already.
    fn choose(&self, desk: usize, at: f32) -> Choice {
        let plain = self.first_in_line(desk, at, 0);
        let credited = self.first_in_line(desk, at, self.lines_of.len());
        let mut best = credited.map(|(line, order)| (Choice::Waiting(line), order));
        let mut until = f32::INFINITY;
        for (place, person) in self.coming.iter().enumerate() {
            if !self.hall.counters[desk].lanes.has(person.lane) {
                continue;
            }
            // Among equals the smaller number goes first, and theirs is not yet issued.
            let order = (person.effective, usize::MAX);
            if person.here > at {
                until = person.here;
                break;
            } else if best.as_ref().is_none_or(|(_, first)| order < *first) {
                best = Some((Choice::Coming(place), order));
            }
        }
        let in_a_row = self.desks[desk].credited_in_a_row;
        let enough = self.hall.credited_in_a_row_max.is_some_and(|most| in_a_row >= most);
        match (plain, best) {
            (Some((line, _)), Some(_)) if enough => Choice::Waiting(line),
            (Some((line, first)), Some((_, other))) if first <= other => Choice::Waiting(line),
            (_, Some((choice, _))) => choice,
            (Some((line, _)), None) => Choice::Waiting(line),
            (None, None) => Choice::Nobody(until.min(self.left_to_others(desk, at))),
        }
    }

    /// The first of the lines that a counter calls, among one half of them.
    fn first_in_line(&self, desk: usize, at: f32, half: usize) -> Option<(usize, Order)> {
        let mut first: Option<(usize, Order)> = None;
        for (line, before) in &self.calls[desk] {
            if before.is_some_and(|other| !self.desks[other].is_away(at)) {
                continue;
            }
            let line = half + line;
            if let Some(ticket) = self.lines[line].get(self.heads[line]) {
                let order = (self.people[*ticket].effective, *ticket);
                if first.is_none_or(|(_, earliest)| order < earliest) {
                    first = Some((line, order));
                }
            }
        }
        first
    }

    /// When somebody who is meant for another counter may be left to this one: as soon
    /// as that one goes away. Whether it does is seen when it has called.
    fn left_to_others(&self, desk: usize, at: f32) -> f32 {
        let half = self.lines_of.len();
        let waits = |line: usize| self.heads[line] < self.lines[line].len();
        let others = self.calls[desk].iter().filter_map(|(line, before)| {
            let other = (*before)?;
            if !waits(*line) && !waits(half + line) {
                return None;
            }
            let Desk { calls, away: [from, _], .. } = self.desks[other];
            // One that does not call this lane is there and calls none of these.
            let calls_them = self.hall.counters[other].lanes.has(self.lines_of[*line].0);
            match at < from && from.is_finite() {
                true => Some(from),
                false => (calls_them && calls < HORIZON_MAX).then_some(calls + 1.0),
            }
        });
        others.fold(f32::INFINITY, f32::min)
    }

    /// The counter is busy with somebody, or with their absence, and what comes after.
    fn serve(&mut self, desk: usize, at: f32, person: Person, credited: bool) {
        let [work, absent, after] = person.luck;
        let gone = absent < self.odds.absent.after(at - person.issued);
        let busy = match gone {
            true => self.odds.lost.at(work),
            false => self.odds.service(person.service).at(work) * self.odds.pace(desk),
        };
        let in_a_row = &mut self.desks[desk].credited_in_a_row;
        *in_a_row = if credited { in_a_row.saturating_add(1) } else { 0 };
        // A second at least, so that durations of zero come to an end.
        let free = at + (busy + self.odds.after.at(after)).max(1.0);
        self.desks[desk].calls = self.after_break(desk, free, free);
    }

    /// When a counter that is free from `free` calls at or after `wanted`.
    fn after_break(&mut self, desk: usize, free: f32, wanted: f32) -> f32 {
        let counter = &self.hall.counters[desk];
        let (mut free, mut wanted, mut goes) = (free, wanted, None);
        while let Some(pause) = counter.breaks.get(self.desks[desk].break_next) {
            let from = from_now(self.hall, pause.from);
            if wanted < from {
                break;
            }
            goes.get_or_insert(free.max(from));
            free = free.max(from) + pause.secs as f32;
            wanted = wanted.max(free);
            self.desks[desk].break_next += 1;
        }
        let closes = counter.closes.map_or(f32::INFINITY, |closes| from_now(self.hall, closes));
        if wanted >= closes {
            goes.get_or_insert(free.max(closes));
            (free, wanted) = (f32::INFINITY, f32::INFINITY);
        }
        if let Some(from) = goes {
            self.desks[desk].away = [from, free];
        }
        wanted
    }
}

impl Desk {
    fn is_away(&self, at: f32) -> bool {
        let [from, until] = self.away;
        from <= at && at < until
    }
}

enum Choice {
    /// The head of a line.
    Waiting(usize),
    Coming(usize),
    /// Nobody before this.
    Nobody(f32),
}
