//! A hall in which numbers are drawn and called, over plain HTTP: what stands behind
//! a page that somebody looks at meanwhile.

use madoguchi::config::Config;

use super::http::{Answer, Visitor};
use super::office::{go_on, hidden, leave, sign_in};
use super::program::Program;

/// The tablet and the clerk of a demonstration.
pub struct Hall {
    tablet: Visitor,
    caller: Caller,
}

impl Hall {
    pub fn open(program: &Program) -> Self {
        let mut tablet = program.visitor();
        tablet.get("/pair");
        let mut clerk = program.visitor();
        let config = Config::load("kiosk-config/example".as_ref()).unwrap();
        let account = &config.demo.staff[0];
        sign_in(&mut clerk, &account.login, &account.password);
        Self { tablet, caller: Caller { clerk } }
    }

    /// Somebody hands a certificate's form in and goes; the number, and the way to its
    /// own page.
    pub fn draw(&mut self) -> (String, String) {
        let number = loop {
            if let Some(number) = go_on(&mut self.tablet, "試験　花子").unwrap() {
                break number;
            }
        };
        let page = self.tablet.get("/kiosk").text;
        let (_, link) = page.split_once("class=\"link\">").unwrap_or_else(|| panic!("{page}"));
        let link = format!("http://{}", link.split('<').next().unwrap());
        leave(&mut self.tablet).unwrap();
        (number, link)
    }
}

impl std::ops::Deref for Hall {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl std::ops::DerefMut for Hall {
    fn deref_mut(&mut self) -> &mut Caller {
        &mut self.caller
    }
}

/// A clerk at a counter, without a browser.
pub struct Caller {
    pub clerk: Visitor,
}

impl Caller {
    /// The clerk sits down at a counter.
    pub fn sit(&mut self, counter: u32) {
        self.send("open", &[("counter", &counter.to_string())]);
    }

    /// Calls the next number.
    pub fn call(&mut self) {
        self.send("next", &[]);
    }

    /// Presses a button about who is at the counter, or who stands first on the page.
    pub fn press(&mut self, act: &str) {
        let ticket = self.ticket();
        self.send(&format!("tickets/{ticket}"), &[("act", act)]);
    }

    /// Calls once more, as soon as that is allowed.
    pub fn recall(&mut self) {
        let ticket = format!("tickets/{}", self.ticket());
        super::wait_until("they may be called once more", || {
            self.sent(&ticket, &[("act", "recall")]).header("location") == "/desk/calling"
        });
    }

    /// Takes the last press back.
    pub fn undo(&mut self) {
        let ticket = self.ticket();
        self.send(&format!("tickets/{ticket}/undo"), &[]);
    }

    /// Who is at the counter, or stands first on the page.
    fn ticket(&mut self) -> String {
        let page = self.clerk.get("/desk/calling").text;
        let (_, ticket) = page.split_once("action=\"/desk/calling/tickets/").unwrap();
        // The first may be the button that takes a press back.
        ticket.split(['"', '/']).next().unwrap().to_owned()
    }

    /// Draws a number at the floor guide's page for somebody without forms.
    pub fn hand_out(&mut self, lane: &str) {
        let page = self.clerk.get("/desk/guide").text;
        let new = [("key", hidden(&page, "key")), ("op", hidden(&page, "op")), ("lane", lane)];
        let drawn = self.clerk.post("/desk/guide", &new);
        assert!(drawn.header("location").contains("/tickets/"), "{}", drawn.text);
    }

    fn sent(&mut self, what: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.clerk.get("/desk/calling").text;
        let own = [("key", hidden(&page, "key")), ("op", hidden(&page, "op"))];
        self.clerk.post(&format!("/desk/calling/{what}"), &[&own, fields].concat())
    }

    fn send(&mut self, what: &str, fields: &[(&str, &str)]) {
        let answer = self.sent(what, fields);
        assert_eq!(answer.header("location"), "/desk/calling", "{what}: {}", answer.text);
    }
}
