//! Letters after a set-back, which come late and twice; and letters of one office that
//! cannot be put away.

use std::fs;
use std::path::Path;

use madoguchi::clock::{Clock, SystemClock};
use madoguchi::letter::Author;
use madoguchi::wire;
use madoguchi::wire::letter::{Asks, Letter, QUESTION};

use super::letters::{Post, Way, call, deliver, letters};
use super::served::Authority;
use super::town::{Branch, Hall};
use crate::stage::postgres::Postgres;
use crate::stage::wait_until;

/// What a letter to the hub asks.
fn asks(town: &Authority, letter: &Path) -> Asks {
    let authority = madoguchi::letter::Authority::new(&town.file()).unwrap();
    let opened = authority.open(QUESTION, &fs::read(letter).unwrap(), SystemClock.now()).unwrap();
    wire::unpack::<Letter>(&opened.words).unwrap().asks
}

/// Carries until everything that was written is at the town hall.
fn all_is_sent(hall: &Hall, post: &Post, branch: &Branch) {
    hall.comes_to(|| {
        post.carry(|| Way::Whole);
        branch.journal()
    });
}

/// Waits until a letter asks for what the hub has from a later number on than this one;
/// from which.
fn asked_for(post: &Post, branch: &mut Branch, after: u64) -> u64 {
    let mut first = 0;
    wait_until("it asks for what the hub has", || {
        call(branch);
        let letters = letters(&post.at("office/out"));
        first = letters.first().map_or(0, |letter| match asks(&post.town, letter) {
            Asks::Held(question) => question.first,
            Asks::Entries(_) => 0,
        });
        first > after
    });
    first
}

#[test]
fn what_a_counter_lost_is_given_back_by_letters_and_a_late_copy_of_an_answer_is_no_answer() {
    let Some(postgres) = Postgres::start("letters after a set-back") else { return };
    let post = Post::new();
    let mut branch = post.branch();
    let hub = post.hub(&postgres.database("town"));
    let hall = Hall { postgres, hub };
    branch.resident();
    all_is_sent(&hall, &post, &branch);
    wait_until("the office has its answer", || {
        call(&mut branch);
        post.carry(|| Way::Whole);
        branch.acked() > 0
    });
    let (old, known) = (branch.copied(), branch.acked());
    for _ in 0..3 {
        branch.resident();
    }
    all_is_sent(&hall, &post, &branch);
    let before = branch.journal();
    branch.put_back(&old);
    branch.resident();
    wait_until("the counter begins a new log", || {
        call(&mut branch);
        post.carry(|| Way::Whole);
        branch.logs() == 2
    });
    // What it asks for now: of what the hub has, only what it does not have itself.
    let (out, hub_in) = (post.at("office/out"), post.at("hub/in"));
    let answers = post.at("hub/out/999997-honcho");
    let first = asked_for(&post, &mut branch, 0);
    assert_eq!(first, u64::try_from(known).unwrap() + 1);
    // It asks twice, for the first answer is long in coming; both are answered.
    let answered = ["one", "two"].map(|name| {
        assert_eq!(asked_for(&post, &mut branch, 0), first);
        let letter = letters(&out).remove(0);
        fs::rename(&letter, hub_in.join(letter.file_name().unwrap())).unwrap();
        wait_until("the hub answers", || !letters(&answers).is_empty());
        let kept = post.at("kept").join(name);
        fs::rename(letters(&answers).remove(0), &kept).unwrap();
        kept
    });
    let coming = post.at("office/in").join("x.letter");
    deliver(&answered[0], &coming);
    assert!(asked_for(&post, &mut branch, first) > first, "it goes on from there");
    deliver(&answered[1], &coming);
    wait_until("the late one is put away", || {
        call(&mut branch);
        !coming.exists()
    });
    let both = |branch: &Branch| {
        let mut both = before.clone();
        both.extend(branch.journal());
        both
    };
    hall.comes_to(|| {
        call(&mut branch);
        post.carry(|| Way::Whole);
        both(&branch)
    });
    assert_eq!((branch.logs(), branch.incidents()), (2, vec!["counter_went_back".to_owned()]));
}

#[test]
fn an_office_whose_letters_cannot_be_put_away_holds_up_itself_alone() {
    let Some(postgres) = Postgres::start("a folder that is none") else { return };
    let post = Post::new();
    let mut branch = post.branch();
    let in_the_way = [post.at("hub/out/999997-honcho"), post.at("hub/in/refused")];
    for file in &in_the_way {
        fs::write(file, "").unwrap();
    }
    let hub = post.hub(&postgres.database("town"));
    let hall = Hall { postgres, hub };
    branch.resident();
    // It is the first by its name; so is one that is no letter, and cannot go aside.
    wait_until("a letter is there", || {
        post.carry(|| Way::Whole);
        !letters(&post.at("hub/in")).is_empty()
    });
    fs::write(post.at("hub/in/0.letter"), "torn").unwrap();
    let [certificate, key] = post.town.sign("higashi.999997.madoguchi.internal");
    let question = wire::Question {
        site: "999997/higashi".into(),
        log: "01a20ada-2c00-7cb9-b86b-f6c27eeb5590".parse().unwrap(),
        first: 1,
    };
    let asks = Asks::Held(question);
    let letter = Letter { number: 1, asks, again: false, notices: None, keys: None };
    let words = wire::pack(&letter);
    let letter = Author::new(&certificate, &key).unwrap().sign(QUESTION, &words).unwrap();
    fs::write(post.at("hub/in/z.letter"), letter).unwrap();
    wait_until("the other office is answered", || {
        !letters(&post.at("hub/out/999997-higashi")).is_empty()
    });
    wait_until("both are told of", || {
        let said = hall.hub.said();
        said.contains("0.letter") && said.contains("out/999997-honcho")
    });
    for file in &in_the_way {
        fs::remove_file(file).unwrap();
    }
    all_is_sent(&hall, &post, &branch);
    wait_until("what is none goes aside", || !post.refused("hub/in").is_empty());
}
