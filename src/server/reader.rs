//! A reader's PC: calls the counter server, again and again, and serves the reader
//! on the line.

use std::cell::Cell;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::told_to_stop;
use crate::card::CardReader;
use crate::card::remote::{self, LineError, LinkKey, PROTOCOL};
use crate::chance::SystemChance;

/// How long the server may take to pick up.
const PICK_UP_WITHIN: Duration = Duration::from_secs(5);

/// How long a card may take to be powered off at the end.
const LET_GO_WITHIN: Duration = Duration::from_secs(3);

/// How long to wait before calling again: at first, and at most. A resident may
/// be standing there.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// The longest answer to a call.
const ANSWER_LEN_MAX: usize = 4096;

/// Why a call led to no line.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody is there, or the connection broke.
    #[error("the counter server does not answer: {0}")]
    NoAnswer(#[from] std::io::Error),
    /// Nobody picked up in time.
    #[error("the counter server does not answer in time")]
    Late,
    /// The server knows no such reader, or is none.
    #[error(
        "the counter server has no reader of this name with kind = \"remote\" in devices.toml ({0})"
    )]
    Refused(String),
    /// The server is of another version.
    #[error(
        "the counter server speaks another version of madoguchi: install the same on both ({0})"
    )]
    OtherVersion(String),
    /// The line ended.
    #[error(transparent)]
    Line(#[from] LineError),
}

/// Lends readers that `make` makes until told to stop.
///
/// # Errors
/// When the system refuses threads.
pub fn run(
    address: &str,
    key: &LinkKey,
    make: impl Fn() -> Box<dyn CardReader>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            () = call_again_and_again(address, key, make) => {}
            () = told_to_stop() => {}
        }
    });
    // The line is cut now, so the reader's thread powers the card off and ends.
    // One that a silent card holds would never come.
    runtime.shutdown_timeout(LET_GO_WITHIN);
    Ok(())
}

async fn call_again_and_again(
    address: &str,
    key: &LinkKey,
    make: impl Fn() -> Box<dyn CardReader>,
) {
    let (mut pause, mut told) = (PAUSE_MIN, String::new());
    loop {
        let stood_since = Cell::new(None);
        let stands = || {
            tracing::info!(reader = key.reader(), address, "the line stands");
            stood_since.set(Some(Instant::now()));
        };
        let error = match call(address, key.reader()).await {
            Ok(stream) => remote::serve(make(), stream, key, &SystemChance, stands).await.into(),
            Err(error) => error,
        };
        // One that is cut as soon as it stands is no better than none.
        if stood_since.get().is_some_and(|since| since.elapsed() >= PAUSE_MAX) {
            pause = PAUSE_MIN;
        }
        let why = error.to_string();
        // Once, and not at every call: the log is to be read.
        if stood_since.get().is_some() || why != told {
            tracing::warn!(reader = key.reader(), address, "{why}; calling again until it stands");
            told = why;
        }
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
}

/// Calls the server; the stream that comes back belongs to the line alone.
async fn call(address: &str, reader: &str) -> Result<TcpStream, CallError> {
    let called = tokio::time::timeout(PICK_UP_WITHIN, async {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /reader/{reader}/line HTTP/1.1\r\nhost: {address}\r\n\
             connection: upgrade\r\nupgrade: {PROTOCOL}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let answer = answer(&mut stream).await?;
        let first = answer.lines().next().unwrap_or_default();
        match first.split(' ').nth(1) {
            Some("101") => Ok(stream),
            Some("400") => Err(CallError::OtherVersion(first.to_owned())),
            _ => Err(CallError::Refused(first.to_owned())),
        }
    });
    called.await.unwrap_or(Err(CallError::Late))
}

/// The head of the answer and not one byte more: what follows is the line's.
async fn answer(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < ANSWER_LEN_MAX {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What is told of a server that answers so; of one that says nothing.
    async fn told_of(answer: Option<&'static str>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            if let Some(answer) = answer {
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            // Hung up only when the caller has had enough.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
        let told = call(&address, "reader-2").await.unwrap_err().to_string();
        server.abort();
        told
    }

    #[tokio::test]
    async fn why_nobody_picks_up_is_told_in_a_sentence_that_says_what_to_do() {
        for (answer, told) in [
            (Some("HTTP/1.1 404 Not Found\r\n\r\n"), "no reader of this name"),
            (Some("HTTP/1.1 400 Bad Request\r\n\r\n"), "install the same on both"),
            (None, "does not answer in time"),
        ] {
            let said = told_of(answer).await;
            assert!(said.contains(told), "{said}");
        }
    }
}
