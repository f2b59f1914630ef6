//! A terminal that is asked by the line protocol over TCP: one connection a request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::line::{Greeting, LINE_LEN_MAX, Reply, Request};
use super::{Asked, Found, Said, Silence, Taken, Terminal, What};

/// How long it may take to pick up, and to say who it is.
const PICK_UP_WITHIN: Duration = Duration::from_secs(5);

/// How long it may look into its own books.
const LOOK_WITHIN: Duration = Duration::from_secs(10);

/// A terminal at an address.
#[derive(Clone, Debug)]
pub struct TcpTerminal {
    id: String,
    /// `host:port`.
    address: String,
    /// How long somebody may look for their card.
    wait: Duration,
}

impl TcpTerminal {
    /// The terminal that calls itself `id`.
    pub fn new(id: &str, address: &str, wait: Duration) -> Self {
        Self { id: id.to_owned(), address: address.to_owned(), wait }
    }

    /// A line to it, once it has said who it is. Until here nothing was asked.
    fn call(&self) -> Result<Line, Silence> {
        let addresses = self.address.to_socket_addrs().map_err(|_| Silence::NotReached)?;
        let mut found = addresses.map(|one| TcpStream::connect_timeout(&one, PICK_UP_WITHIN));
        let stream = found.find_map(Result::ok).ok_or(Silence::NotReached)?;
        stream.set_nodelay(true).map_err(|_| Silence::NotReached)?;
        let mut line = Line { from: BufReader::new(stream) };
        match line.read::<Greeting>(Instant::now() + PICK_UP_WITHIN) {
            Ok(greeting) if greeting.terminal == self.id => Ok(line),
            _ => Err(Silence::NotThisTerminal),
        }
    }

    fn call_with(
        &self,
        request: &Request,
        asked: &Asked,
        within: Duration,
    ) -> Result<Found, Silence> {
        let mut line = self.call()?;
        // From here on it may have heard.
        let text = format!("{request}\n");
        line.from.get_mut().write_all(text.as_bytes()).map_err(|_| Silence::Cut)?;
        let reply: Reply = line.read(Instant::now() + within)?;
        if reply.key().is_some_and(|key| key != asked.key) {
            return Err(Silence::OtherRequest);
        }
        let said = |said| Ok(Found::Said(said));
        match (reply, &asked.what) {
            (Reply::Taken { amount, .. } | Reply::Given { amount, .. }, _)
                if amount != asked.amount =>
            {
                Err(Silence::OtherAmount)
            }
            (Reply::Taken { brand, slip, .. }, What::Pay { .. }) => {
                said(Said::Taken(Taken { brand, slip }))
            }
            (Reply::Given { of: took, .. }, What::GiveBack { of }) if took != *of => {
                Err(Silence::OtherRequest)
            }
            (Reply::Given { slip, .. }, What::GiveBack { .. }) => said(Said::Given(slip)),
            // It speaks of money that came where money goes, or the other way round.
            (Reply::Taken { .. } | Reply::Given { .. }, _) => Err(Silence::Unreadable),
            (Reply::Refused { why, .. }, _) => said(Said::Refused(why)),
            (Reply::Never { .. }, _) => Ok(Found::Never),
            (Reply::Busy { .. }, _) => Ok(Found::Busy),
            (Reply::Bad, _) => Err(Silence::Unreadable),
        }
    }
}

impl Terminal for TcpTerminal {
    fn ask(&self, asked: &Asked) -> Result<Said, Silence> {
        match self.call_with(&Request::Ask(asked.clone()), asked, self.wait)? {
            Found::Said(said) => Ok(said),
            // No answer to this question.
            Found::Never | Found::Busy => Err(Silence::Unreadable),
        }
    }

    fn look_up(&self, asked: &Asked) -> Result<Found, Silence> {
        let request = Request::Look { key: asked.key, amount: asked.amount };
        self.call_with(&request, asked, LOOK_WITHIN)
    }
}

/// One connection.
struct Line {
    from: BufReader<TcpStream>,
}

impl Line {
    /// The next line, if it comes in time.
    fn read<T: std::str::FromStr>(&mut self, until: Instant) -> Result<T, Silence> {
        let mut text = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Silence::Late);
            }
            self.from.get_ref().set_read_timeout(Some(left)).map_err(|_| Silence::Cut)?;
            let room = LINE_LEN_MAX - text.len();
            let room = u64::try_from(room).unwrap_or(0);
            match self.from.by_ref().take(room).read_until(b'\n', &mut text) {
                Ok(0) if text.len() >= LINE_LEN_MAX => return Err(Silence::Unreadable),
                Ok(0) => return Err(Silence::Cut),
                Ok(_) if text.ends_with(b"\n") => break,
                Ok(_) => {}
                Err(error) if is_late(&error) => return Err(Silence::Late),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Silence::Cut),
            }
        }
        text.pop();
        let text = String::from_utf8(text).map_err(|_| Silence::Unreadable)?;
        text.parse().map_err(|_| Silence::Unreadable)
    }
}

fn is_late(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut)
}
