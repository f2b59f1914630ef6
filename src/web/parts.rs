//! A form that may bring a file (multipart/form-data, RFC 7578), as browsers send it:
//! short, held in memory, and wiped.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use zeroize::Zeroizing;

use super::Shared;
use super::error::Failure;
use super::fields::Fields;

/// The guard around all pages allows as much.
const LEN_MAX: usize = 64 * 1024;

/// What was sent: fields, and the bytes of the file, empty where none was chosen.
pub(super) struct Parts {
    pub fields: Fields,
    pub file: Zeroizing<Vec<u8>>,
}

impl FromRequest<Shared> for Parts {
    type Rejection = Failure;

    /// A form without a file is taken as it is sent everywhere else.
    async fn from_request(request: Request, office: &Shared) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let Some(boundary) = boundary(&kind) else {
            let fields = Fields::from_request(request, office).await?;
            return Ok(Self { fields, file: Zeroizing::default() });
        };
        let body = to_bytes(request.into_body(), LEN_MAX).await;
        let body = body.map_err(|_| Failure::BadRequest)?;
        read(&body, boundary).ok_or(Failure::BadRequest)
    }
}

fn boundary(kind: &str) -> Option<&str> {
    let (kind, rest) = kind.split_once(';')?;
    let boundary = rest.trim().strip_prefix("boundary=")?.trim_matches('"');
    (kind.eq_ignore_ascii_case("multipart/form-data") && !boundary.is_empty()).then_some(boundary)
}

/// `None` where it is no such body, or a field is no UTF-8.
fn read(body: &[u8], boundary: &str) -> Option<Parts> {
    let (mark, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(mark.as_bytes())?;
    let (mut fields, mut file) = (Vec::new(), Zeroizing::default());
    while !rest.starts_with(b"--") {
        let (head, after) = split(rest.strip_prefix(b"\r\n")?, b"\r\n\r\n")?;
        let (value, after) = split(after, between.as_bytes())?;
        let head = std::str::from_utf8(head).ok()?;
        let name = parameter(head, "name")?;
        if parameter(head, "filename").is_some() {
            file = Zeroizing::new(value.to_vec());
        } else {
            fields.push((name.to_owned(), std::str::from_utf8(value).ok()?.to_owned()));
        }
        rest = after;
    }
    Some(Parts { fields: Fields::of(fields), file })
}

fn split<'b>(bytes: &'b [u8], at: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let place = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..place], &bytes[place + at.len()..]))
}

/// A word of the part's own head; ours are plain, and a file's name is never looked at.
fn parameter<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let line =
        head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let (_, after) = line.split_once(&format!("; {name}=\""))?;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=----Mark7";

    fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (named, value) in parts {
            body.extend(b"------Mark7\r\nContent-Disposition: form-data; ");
            body.extend(named.as_bytes());
            body.extend(b"\r\n\r\n");
            body.extend(*value);
            body.extend(b"\r\n");
        }
        body.extend(b"------Mark7--\r\n");
        body
    }

    #[test]
    fn fields_and_a_file_are_read_as_a_browser_sends_them() {
        let file = b"\x8e\x81\x96\xbc\r\n\r\n--not the mark";
        let body = body(&[
            ("name=\"key\"", b"abc"),
            ("name=\"rows\"", "二行\r\n目".as_bytes()),
            ("name=\"file\"; filename=\"一覧.csv\"\r\nContent-Type: text/csv", file),
        ]);
        let read = read(&body, boundary(KIND).unwrap()).unwrap();
        assert_eq!((read.fields.get("key"), read.fields.get("rows")), ("abc", "二行\r\n目"));
        assert_eq!(read.file.as_slice(), file);
    }

    #[test]
    fn what_is_no_such_body_is_none() {
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        let whole = body(&[("name=\"key\"", b"abc")]);
        for cut in 0..whole.len() - 4 {
            assert!(read(&whole[..cut], "----Mark7").is_none(), "{cut}");
        }
        for broken in [body(&[("nome=\"key\"", b"abc")]), body(&[("name=\"key\"", b"\xFF")])] {
            assert!(read(&broken, "----Mark7").is_none());
        }
    }
}
