//! Many displays at once, without a browser: each a connection of its own that reads
//! the stream of boards, and connects again when it is cut, as browsers do.

use std::io::{BufRead, BufReader as Lines, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use madoguchi::clock::{Clock, Moment, SystemClock};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::PATIENCE;

/// What a browser waits before it connects again, where the server says nothing.
const AGAIN_AFTER: Duration = Duration::from_secs(3);

/// One screen has a whole board.
struct Seen {
    screen: usize,
    at: Moment,
    board: String,
}

/// Displays on a wall. They go dark when this is dropped.
pub struct Screens {
    /// For each, the newest board, and when it came.
    newest: Vec<Option<(Moment, String)>>,
    /// How many boards came to each.
    counts: Vec<usize>,
    seen: Receiver<Seen>,
    // Ends the connections.
    _running: Runtime,
}

impl Screens {
    /// So many displays that follow the stream at `address`, `http://host:port`, with
    /// the cookie of a paired one.
    pub fn open(address: &str, cookie: &str, count: usize) -> Self {
        let mut running = tokio::runtime::Builder::new_multi_thread();
        let running = running.worker_threads(1).enable_all().build().unwrap();
        let (told, seen) = channel();
        for screen in 0..count {
            let (host, request, told) = (host(address), request(address, cookie), told.clone());
            running.spawn(follow(screen, host, request, told));
        }
        Self { newest: vec![None; count], counts: vec![0; count], seen, _running: running }
    }

    /// How many boards came to the one that got the fewest.
    pub fn fewest(&self) -> usize {
        self.counts.iter().copied().min().unwrap_or_default()
    }

    /// The board of the first.
    pub fn board(&self) -> &str {
        self.newest[0].as_ref().map_or("", |(_, board)| board)
    }

    /// Looks on until every screen shows a board of which this is so; when the board
    /// came to each.
    pub fn wait(&mut self, what: &str, so: impl Fn(&str) -> bool) -> Vec<Moment> {
        let until = Instant::now() + PATIENCE;
        let is = |newest: &Option<(Moment, String)>| {
            newest.as_ref().filter(|(_, board)| so(board)).map(|(at, _)| *at)
        };
        let mut came: Vec<Option<Moment>> = self.newest.iter().map(is).collect();
        while came.contains(&None) {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(Seen { screen, at, board }) = self.seen.recv_timeout(left) else {
                let without = came.iter().filter(|came| came.is_none()).count();
                panic!("{what}: {without} of {} screens do not show it", came.len());
            };
            if came[screen].is_none() && so(&board) {
                came[screen] = Some(at);
            }
            self.newest[screen] = Some((at, board));
            self.counts[screen] += 1;
        }
        came.into_iter().flatten().collect()
    }
}

/// The number of the latest call on a board.
pub fn seq(board: &str) -> i64 {
    let end = board.find("},\"arriving\"").unwrap();
    let (_, seq) = board[..end].rsplit_once("\"seq\":").unwrap();
    seq.parse().unwrap()
}

/// What a board shows, without the time and without what is only reckoned.
pub fn hall(board: &str) -> &str {
    let end = board.find(",\"arriving\"").unwrap();
    &board[board.find("\"board\":").unwrap()..end]
}

fn host(address: &str) -> String {
    address.trim_start_matches("http://").to_owned()
}

/// In the older form of HTTP, in which nothing stands between the events.
fn request(address: &str, cookie: &str) -> String {
    let host = host(address);
    format!(
        "GET /display/events HTTP/1.0\r\nhost: {host}\r\ncookie: {cookie}\r\n\
         accept: text/event-stream\r\n\r\n"
    )
}

async fn follow(screen: usize, host: String, request: String, told: Sender<Seen>) {
    let mut again_after = AGAIN_AFTER;
    loop {
        // However it ends, a browser connects again.
        let _ = listen(screen, (&host, &request), &told, &mut again_after).await;
        tokio::time::sleep(again_after).await;
    }
}

async fn listen(
    screen: usize,
    (host, request): (&str, &str),
    told: &Sender<Seen>,
    again_after: &mut Duration,
) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(ms) = line.strip_prefix("retry:") {
            *again_after = ms.trim().parse().map_or(AGAIN_AFTER, Duration::from_millis);
        } else if let Some(board) = board_of(&line) {
            let at = SystemClock.now();
            // Nobody looks any more: the runtime ends soon.
            let _ = told.send(Seen { screen, at, board: board.to_owned() });
        }
    }
    Ok(())
}

/// The data of a board, of one line of a stream.
fn board_of(line: &str) -> Option<&str> {
    line.strip_prefix("data:").map(str::trim_start).filter(|data| data.starts_with('{'))
}

/// A display whose machine hangs: it has connected and reads nothing.
pub struct Stalled {
    stream: std::net::TcpStream,
}

impl Stalled {
    /// It takes only a few boards into its own memory and lets none wait in the
    /// machine of the server, so the server notices soon.
    pub fn open(address: &str, cookie: &str) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(2_048).unwrap();
        socket.set_tcp_mss(536).unwrap();
        let server: std::net::SocketAddr = host(address).parse().unwrap();
        socket.connect(&server.into()).unwrap();
        let mut stream = std::net::TcpStream::from(socket);
        stream.write_all(request(address, cookie).as_bytes()).unwrap();
        Self { stream }
    }

    /// It reads on until a board comes of which this is so; how many came by then.
    pub fn wake(self, so: impl Fn(&str) -> bool) -> usize {
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut came = 0;
        for line in Lines::new(self.stream).lines() {
            let line = line.unwrap();
            let Some(board) = board_of(&line) else { continue };
            came += 1;
            if so(board) {
                return came;
            }
        }
        panic!("the stream ended after {came} boards")
    }
}
