//! Somebody who speaks plain HTTP to the program: a browser without pictures, or
//! an unfriendly one.

use std::time::Duration;

use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::{Agent, Body};

/// Remembers cookies, follows no redirect.
#[derive(Clone)]
pub struct Visitor {
    agent: Agent,
    pub address: String,
    cookies: Vec<(String, String)>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Visitor {
    pub fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(40)));
        let agent = config.build().into();
        Self { agent, address: address.to_owned(), cookies: Vec::new() }
    }

    /// The same person on a new connection: to a program that was started anew, or
    /// after one was cut.
    pub fn moved_to(&self, address: &str) -> Self {
        Self { cookies: self.cookies.clone(), ..Self::new(address) }
    }

    /// Looks at a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    /// Looks at a page of a program that may have ended.
    pub fn try_get(&mut self, path: &str) -> Result<Answer, ureq::Error> {
        let request = self.agent.get(format!("{}{path}", self.address));
        let answer = request.header("cookie", self.cookie()).call()?;
        self.read(answer)
    }

    /// Sends a form from the program's own page.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(path, fields).unwrap()
    }

    /// Sends a form to a program that may have ended.
    pub fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, ureq::Error> {
        let origin = self.address.clone();
        self.post_from(path, fields, &[("origin", &origin)])
    }

    /// Sends a form with these headers.
    pub fn post_from(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.post(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.header("cookie", self.cookie()).send_form(fields.iter().copied())?;
        self.read(answer)
    }

    /// The methods that an address has: whoever asks in another way is told them.
    pub fn ways_of(&mut self, path: &str) -> Vec<String> {
        let request = ureq::http::Request::builder()
            .method("TRACE")
            .uri(format!("{}{path}", self.address))
            .header("origin", &self.address)
            .body(())
            .unwrap();
        let answer = self.agent.run(request).unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let ways = answer.headers()["allow"].to_str().unwrap();
        ways.split(',').map(str::to_owned).collect()
    }

    /// What it says of itself in the header of that name.
    pub fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn read(&mut self, mut answer: Response<Body>) -> Result<Answer, ureq::Error> {
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let bytes = answer.body_mut().read_to_vec()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer { status: answer.status(), headers: answer.headers().clone(), text, bytes })
    }
}
