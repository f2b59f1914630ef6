//! The page in a folder, on a web server that knows nothing but files: what any
//! municipality's web host does with it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::stage::program::{madoguchi, run};

/// A key as `madoguchi key new` writes it; whose it is does not matter here.
pub fn export(key: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut command = madoguchi(&["home", "--key"]);
    command.arg(key).arg("--export").arg(folder.path());
    let (code, said, told) = run(&mut command);
    assert_eq!((code, said.as_str()), (Some(0), ""), "{told}");
    folder
}

/// The folder beside `index.html`, in which everything else lies.
pub fn beside(folder: &Path) -> PathBuf {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders = entries.filter(|path| path.is_dir());
    let found = folders.next().unwrap();
    assert_eq!(folders.next(), None);
    found
}

/// Serves the files of a folder until the process ends; the address.
pub fn host(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let folder = folder.clone();
            std::thread::spawn(move || answer(&stream, &folder));
        }
    });
    address
}

/// One request, one answer. A browser that goes away is no fault.
fn answer(stream: &TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let path = first.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    while !lines.next()?.ok()?.is_empty() {}
    let name = if path.is_empty() { "index.html" } else { &path };
    let kind = match name.rsplit('.').next()? {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let (status, body) = match std::fs::read(folder.join(name)) {
        Ok(body) if !name.contains("..") => ("200 OK", body),
        _ => ("404 Not Found", Vec::new()),
    };
    let mut stream = stream;
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
    .ok()?;
    stream.write_all(&body).ok()
}
