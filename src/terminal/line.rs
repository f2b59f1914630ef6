//! The line protocol, version 1: what is written on the line, both ways. docs/TERMINAL.md
//! is its description for whoever builds a terminal or an adapter.

use std::fmt;
use std::str::FromStr;

use super::{Asked, Refusal, What};
use crate::id::RequestId;
use crate::payment::{Means, SlipNumber};
use crate::yen::Yen;

/// No line is longer, its end included.
pub const LINE_LEN_MAX: usize = 160;

/// The name of the protocol, and its version.
const PROTOCOL: &str = "madoguchi-terminal";
const VERSION: &str = "1";

/// Stands where there is no brand.
const NONE: &str = "-";

/// What was written is none of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this line is none of the protocol's")]
pub struct Unreadable;

/// What a terminal says first, and unasked: which one it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    pub terminal: String,
}

/// What it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Ask(Asked),
    Look { key: RequestId, amount: Yen },
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Taken {
        key: RequestId,
        amount: Yen,
        brand: String,
        slip: SlipNumber,
    },
    Given {
        key: RequestId,
        amount: Yen,
        /// The request that it was taken for.
        of: RequestId,
        slip: SlipNumber,
    },
    Refused {
        key: RequestId,
        why: Refusal,
    },
    Never {
        key: RequestId,
    },
    Busy {
        key: RequestId,
    },
    /// The request cannot be read, or its key stands for another amount.
    Bad,
}

impl Reply {
    /// The request it is about.
    pub fn key(&self) -> Option<RequestId> {
        match self {
            Reply::Taken { key, .. }
            | Reply::Given { key, .. }
            | Reply::Refused { key, .. }
            | Reply::Never { key }
            | Reply::Busy { key } => Some(*key),
            Reply::Bad => None,
        }
    }
}

/// The words of a line; each is there, and one space lies between two.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

fn key(word: &str) -> Result<RequestId, Unreadable> {
    let key: RequestId = word.parse().map_err(|_| Unreadable)?;
    // One way to write it, so that whoever compares letters compares keys.
    if key.to_string() == word { Ok(key) } else { Err(Unreadable) }
}

fn amount(word: &str) -> Result<Yen, Unreadable> {
    let yen: u32 = word.parse().map_err(|_| Unreadable)?;
    if yen > 0 && yen.to_string() == word { Ok(Yen(yen)) } else { Err(Unreadable) }
}

/// What a terminal calls a brand.
fn brand(word: &str) -> Result<String, Unreadable> {
    let is_brand = (1..=20).contains(&word.len()) && word.chars().all(|c| c.is_ascii_graphic());
    if is_brand && word != NONE { Ok(word.to_owned()) } else { Err(Unreadable) }
}

fn slip(word: &str) -> Result<SlipNumber, Unreadable> {
    let slip = SlipNumber::typed(word).map_err(|_| Unreadable)?;
    if slip.as_str() == word { Ok(slip) } else { Err(Unreadable) }
}

impl fmt::Display for Greeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PROTOCOL} {VERSION} {}", self.terminal)
    }
}

impl FromStr for Greeting {
    type Err = Unreadable;

    fn from_str(line: &str) -> Result<Greeting, Unreadable> {
        match words(line)[..] {
            [PROTOCOL, VERSION, terminal] if !terminal.is_empty() => {
                Ok(Greeting { terminal: terminal.to_owned() })
            }
            _ => Err(Unreadable),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Ask(Asked { key, amount, what: What::Pay { means, brand } }) => {
                let brand = brand.as_deref().unwrap_or(NONE);
                write!(f, "pay {key} {} {} {brand}", amount.0, means.id())
            }
            Request::Ask(Asked { key, amount, what: What::GiveBack { of } }) => {
                write!(f, "back {key} {} {of}", amount.0)
            }
            Request::Look { key, amount } => write!(f, "look {key} {}", amount.0),
        }
    }
}

impl FromStr for Request {
    type Err = Unreadable;

    fn from_str(line: &str) -> Result<Request, Unreadable> {
        match words(line)[..] {
            ["pay", own, yen, means, of] => Ok(Request::Ask(Asked {
                key: key(own)?,
                amount: amount(yen)?,
                what: What::Pay {
                    means: Means::from_id(means).ok_or(Unreadable)?,
                    brand: if of == NONE { None } else { Some(brand(of)?) },
                },
            })),
            ["back", own, yen, of] => Ok(Request::Ask(Asked {
                key: key(own)?,
                amount: amount(yen)?,
                what: What::GiveBack { of: key(of)? },
            })),
            ["look", own, yen] => Ok(Request::Look { key: key(own)?, amount: amount(yen)? }),
            _ => Err(Unreadable),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Taken { key, amount, brand, slip } => {
                write!(f, "taken {key} {} {brand} {}", amount.0, slip.as_str())
            }
            Reply::Given { key, amount, of, slip } => {
                write!(f, "given {key} {} {of} {}", amount.0, slip.as_str())
            }
            Reply::Refused { key, why } => write!(f, "refused {key} {}", why.id()),
            Reply::Never { key } => write!(f, "never {key}"),
            Reply::Busy { key } => write!(f, "busy {key}"),
            Reply::Bad => f.write_str("bad"),
        }
    }
}

impl FromStr for Reply {
    type Err = Unreadable;

    fn from_str(line: &str) -> Result<Reply, Unreadable> {
        match words(line)[..] {
            ["taken", own, yen, of, number] => Ok(Reply::Taken {
                key: key(own)?,
                amount: amount(yen)?,
                brand: brand(of)?,
                slip: slip(number)?,
            }),
            ["given", own, yen, of, number] => Ok(Reply::Given {
                key: key(own)?,
                amount: amount(yen)?,
                of: key(of)?,
                slip: slip(number)?,
            }),
            ["refused", own, why] => {
                let why = Refusal::from_id(why).ok_or(Unreadable)?;
                Ok(Reply::Refused { key: key(own)?, why })
            }
            ["never", own] => Ok(Reply::Never { key: key(own)? }),
            ["busy", own] => Ok(Reply::Busy { key: key(own)? }),
            ["bad"] => Ok(Reply::Bad),
            _ => Err(Unreadable),
        }
    }
}
