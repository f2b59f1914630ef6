//! The Internet Printing Protocol (RFC 8010, RFC 8011), as much as a queue of
//! CUPS needs: one request, one answer, over plain HTTP.
//!
//! Asked directly and not through `lp` and `lpstat`: those tell neither that a
//! job was stopped or held nor why a printer waits, and their words are made for
//! people.

use std::io::{self, Read, Write};

/// Operations (RFC 8011 §5.4.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Operation {
    PrintJob = 0x0002,
    CancelJob = 0x0008,
    GetJobAttributes = 0x0009,
    GetJobs = 0x000A,
    GetPrinterAttributes = 0x000B,
}

/// Value tags (RFC 8010 §3.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Integer = 0x21,
    Boolean = 0x22,
    Name = 0x42,
    Keyword = 0x44,
    Uri = 0x45,
    Charset = 0x47,
    Language = 0x48,
    MimeType = 0x49,
}

const OPERATION_ATTRIBUTES: u8 = 0x01;
const JOB_ATTRIBUTES: u8 = 0x02;
const END: u8 = 0x03;
/// Tags below this begin a group; they are no values.
const FIRST_VALUE: u8 = 0x10;
/// Longest answer that is read: a queue's has a few kilobytes.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// A request on the way.
pub(super) struct Request(Vec<u8>);

impl Request {
    /// A request about `uri`, which names a printer or a job.
    pub fn new(operation: Operation, (about, uri): (&str, &str), user: &str) -> Self {
        let mut out = vec![1, 1];
        out.extend((operation as u16).to_be_bytes());
        out.extend(1_u32.to_be_bytes());
        out.push(OPERATION_ATTRIBUTES);
        Self(out)
            .with(Tag::Charset, "attributes-charset", b"utf-8")
            .with(Tag::Language, "attributes-natural-language", b"en")
            .with(Tag::Uri, about, uri.as_bytes())
            .with(Tag::Name, "requesting-user-name", user.as_bytes())
    }

    /// With one attribute more.
    pub fn with(mut self, tag: Tag, name: &str, value: &[u8]) -> Self {
        self.0.push(tag as u8);
        self.counted(name.as_bytes());
        self.counted(value);
        self
    }

    /// With an attribute of several words.
    pub fn with_all(mut self, name: &str, words: &[&str]) -> Self {
        for (place, word) in words.iter().enumerate() {
            // A value without a name belongs to the one before it.
            self = self.with(Tag::Keyword, if place == 0 { name } else { "" }, word.as_bytes());
        }
        self
    }

    /// What follows is of the job.
    pub fn of_the_job(mut self) -> Self {
        self.0.push(JOB_ATTRIBUTES);
        self
    }

    fn counted(&mut self, bytes: &[u8]) {
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        self.0.extend(length.to_be_bytes());
        self.0.extend(&bytes[..usize::from(length)]);
    }

    /// Sends it with `document` behind it and reads the answer.
    pub fn send(
        mut self,
        line: &mut (impl Read + Write),
        path: &str,
        document: &[u8],
    ) -> io::Result<Answer> {
        self.0.push(END);
        let length = self.0.len() + document.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        line.write_all(head.as_bytes())?;
        line.write_all(&self.0)?;
        line.write_all(document)?;
        line.flush()?;
        let mut answer = Vec::new();
        line.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
        Answer::of_http(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// RFC 8011 appendix B; below 0x0100 it went well.
    pub status: u16,
    /// With the group each stands in, counted.
    attributes: Vec<(Group, String, Vec<u8>)>,
}

/// Which group of an answer, and its tag.
type Group = (usize, u8);

/// CUPS asks for a password in HTTP's way, before any IPP is spoken.
pub(super) const NOT_AUTHENTICATED: u16 = 0x0402;

impl Answer {
    /// The answer inside an HTTP response.
    fn of_http(response: &[u8]) -> Option<Self> {
        let end = response.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&response[..end]).ok()?.to_ascii_lowercase();
        let body = &response[end + 4..];
        match head.split_whitespace().nth(1)? {
            "200" if head.contains("transfer-encoding: chunked") => Self::of(&unchunked(body)?),
            "200" => Self::of(body),
            "401" | "403" => Some(Self { status: NOT_AUTHENTICATED, ..Self::default() }),
            _ => None,
        }
    }

    fn of(message: &[u8]) -> Option<Self> {
        let status = u16::from_be_bytes(message.get(2..4)?.try_into().ok()?);
        let mut answer = Self { status, ..Self::default() };
        let (mut rest, mut group) = (message.get(8..)?, (0, 0));
        loop {
            let (tag, after) = rest.split_first()?;
            match *tag {
                END => return Some(answer),
                tag if tag < FIRST_VALUE => (rest, group) = (after, (group.0 + 1, tag)),
                _ => {
                    let (name, after) = counted(after)?;
                    let (value, after) = counted(after)?;
                    answer.add(group, name, value);
                    rest = after;
                }
            }
        }
    }

    fn add(&mut self, group: Group, name: &[u8], value: &[u8]) {
        let name = match (name, self.attributes.last()) {
            ([], Some((_, before, _))) => before.clone(),
            _ => String::from_utf8_lossy(name).into_owned(),
        };
        self.attributes.push((group, name, value.to_vec()));
    }

    /// What is said of each job, where it was asked for many.
    pub fn of_jobs(&self) -> Vec<Self> {
        let of_jobs = self.attributes.iter().filter(|((_, tag), ..)| *tag == JOB_ATTRIBUTES);
        let of_jobs: Vec<_> = of_jobs.cloned().collect();
        let alone = |one: &[_]| Self { status: self.status, attributes: one.to_vec() };
        of_jobs.chunk_by(|(one, ..), (next, ..)| one == next).map(alone).collect()
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let own = self.attributes.iter().filter(move |(_, own, _)| own == name);
        own.map(|(.., value)| value.as_slice())
    }

    /// An integer or enum.
    pub fn number(&self, name: &str) -> Option<i32> {
        Some(i32::from_be_bytes(self.values(name).next()?.try_into().ok()?))
    }

    /// Whether a flag is there and off.
    pub fn is_off(&self, name: &str) -> bool {
        self.values(name).next() == Some(&[0])
    }

    /// All words of an attribute.
    pub fn words<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values(name).filter_map(|value| std::str::from_utf8(value).ok())
    }
}

fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?));
    bytes.get(2..)?.split_at_checked(length)
}

/// The body of a response that came in pieces (RFC 9112 §7.1).
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let (chunk, after) = rest.get(end + 2..)?.split_at_checked(size)?;
        body.extend(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers what it was given, and keeps what was sent.
    struct Line {
        answer: io::Cursor<Vec<u8>>,
        sent: Vec<u8>,
    }

    impl Read for Line {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.answer.read(bytes)
        }
    }

    impl Write for Line {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.sent.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const DONE: &[u8] = b"\x01\x01\x00\x00\x00\x00\x00\x01\x02\
        \x23\x00\x09job-state\x00\x04\x00\x00\x00\x09\
        \x44\x00\x11job-state-reasons\x00\x01a\x44\x00\x00\x00\x01b\x03";

    fn asked(answer: Vec<u8>) -> (io::Result<Answer>, Vec<u8>) {
        let mut line = Line { answer: io::Cursor::new(answer), sent: Vec::new() };
        let about = ("printer-uri", "ipp://localhost/printers/a4");
        let request = Request::new(Operation::PrintJob, about, "madoguchi").of_the_job().with(
            Tag::Keyword,
            "media",
            b"A4",
        );
        (request.send(&mut line, "/printers/a4", b"%PDF"), line.sent)
    }

    fn http(head: &str, body: &[u8]) -> Vec<u8> {
        [head.as_bytes(), b"\r\n\r\n", body].concat()
    }

    #[test]
    fn a_request_is_what_the_standard_says_and_the_document_follows_it() {
        let (_, sent) = asked(http("HTTP/1.1 200 OK", DONE));
        let body = sent.split(|byte| *byte == b'\n').next_back().unwrap();
        let expected = b"\x01\x01\x00\x02\x00\x00\x00\x01\x01\
            \x47\x00\x12attributes-charset\x00\x05utf-8\
            \x48\x00\x1battributes-natural-language\x00\x02en\
            \x45\x00\x0bprinter-uri\x00\x1bipp://localhost/printers/a4\
            \x42\x00\x14requesting-user-name\x00\x09madoguchi\
            \x02\x44\x00\x05media\x00\x02A4\x03%PDF";
        assert_eq!(body, expected, "{}", String::from_utf8_lossy(body));
        let head = String::from_utf8_lossy(&sent);
        assert!(head.starts_with("POST /printers/a4 HTTP/1.1\r\n"), "{head}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", expected.len())), "{head}");
    }

    #[test]
    fn an_answer_is_read_whole_or_in_pieces() {
        let (head, tail) = DONE.split_at(20);
        let chunk =
            |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        let pieces = [chunk(head), chunk(tail), b"0\r\n\r\n".to_vec()].concat();
        for answer in [
            http("HTTP/1.1 200 OK\r\nContent-Type: application/ipp", DONE),
            http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", &pieces),
        ] {
            let answer = asked(answer).0.unwrap();
            assert_eq!((answer.status, answer.number("job-state")), (0, Some(9)));
            assert_eq!(answer.words("job-state-reasons").collect::<Vec<_>>(), ["a", "b"]);
            assert_eq!(answer.number("job-id"), None);
        }
    }

    #[test]
    fn each_job_of_a_list_is_told_by_itself_and_may_lack_what_another_has() {
        let list = b"\x01\x01\x00\x00\x00\x00\x00\x01\
            \x01\x21\x00\x05limit\x00\x04\x00\x00\x00\x02\
            \x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07\
            \x02\x42\x00\x08job-name\x00\x01a\x21\x00\x06job-id\x00\x04\x00\x00\x00\x08\x03";
        let jobs = asked(http("HTTP/1.1 200 OK", list)).0.unwrap().of_jobs();
        let told: Vec<_> =
            jobs.iter().map(|job| (job.number("job-id"), job.words("job-name").next())).collect();
        assert_eq!(told, [(Some(7), None), (Some(8), Some("a"))]);
    }

    #[test]
    fn what_is_cut_off_or_no_answer_is_refused_and_never_panics() {
        for end in 0..DONE.len() {
            assert!(asked(http("HTTP/1.1 200 OK", &DONE[..end])).0.is_err(), "{end}");
        }
        assert!(asked(http("HTTP/1.1 500 Oh", DONE)).0.is_err());
        assert!(asked(b"220 mail".to_vec()).0.is_err());
        let refused = asked(http("HTTP/1.1 401 Unauthorized", b"")).0.unwrap();
        assert_eq!(refused.status, NOT_AUTHENTICATED);
    }
}
