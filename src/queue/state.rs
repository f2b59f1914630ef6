//! Where a ticket stands, and what may happen to it: one table.
//!
//! A ticket walks through legs (受付, 審査, 会計, 交付), one number all the way; the
//! state is that of its open leg. Every change anywhere in the program is an
//! action of this table. It knows neither time nor storage: how soon a recall may
//! follow, or how long a press can be undone, is said here as numbers and asked
//! by `leg`.

use Action::*;
use State::*;

/// The state of a leg.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 待ち.
    Waiting,
    /// 呼出中: the number stands on the display.
    Called,
    /// 対応中.
    Serving,
    /// 保留: the resident is busy with something, the counter is free.
    Held,
    /// 作成中: papers are being made, the resident sits and waits.
    Preparing,
    /// 不在: called and not there.
    Absent,
    /// 完了: this leg is over.
    Done,
    /// 取消.
    Cancelled,
    /// 閉庁: the day ended first.
    Expired,
}

impl State {
    /// All states.
    pub const ALL: [State; 9] =
        [Waiting, Called, Serving, Held, Preparing, Absent, Done, Cancelled, Expired];

    /// The name used in storage and addresses: `waiting`.
    pub fn id(self) -> &'static str {
        match self {
            Waiting => "waiting",
            Called => "called",
            Serving => "serving",
            Held => "held",
            Preparing => "preparing",
            Absent => "absent",
            Done => "done",
            Cancelled => "cancelled",
            Expired => "expired",
        }
    }

    /// The state of a [`State::id`].
    pub fn from_id(id: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Whether somebody sits or stands at a counter for it.
    pub fn is_at_counter(self) -> bool {
        matches!(self, Called | Serving)
    }

    /// Whether nothing more is expected of it.
    pub fn is_over(self) -> bool {
        matches!(self, Done | Cancelled | Expired)
    }
}

/// What can be done to a ticket that was issued.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// 次番号.
    CallNext,
    /// 任意呼出: this one, perhaps out of turn.
    CallThis,
    /// 再呼出.
    Recall,
    /// The resident has come.
    Serve,
    /// 不在: nobody came.
    MarkAbsent,
    /// 不在 and back: the same number waits again.
    Return,
    /// 保留.
    Hold,
    /// What was held is ready to be called.
    Resume,
    /// What was held goes on at once.
    ServeAgain,
    /// 完了: the last leg is over.
    Finish,
    /// This leg is over, the next one waits (受付 to 会計, say).
    GoOn,
    /// 引継ぎ: another lane goes on with it.
    HandOver,
    /// 作成中: accepted, papers are being made.
    Prepare,
    /// The papers are there: the next leg waits.
    Ready,
    /// Something was forgotten.
    Reopen,
    /// The class of the ticket changes.
    Reclass,
    /// Another clerk takes the counter over.
    TakeOver,
    /// The resident goes, or the number was drawn by mistake.
    Leave,
    /// Taken out by a supervisor.
    Cancel,
    /// The day is over.
    Expire,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 20] = [
        CallNext, CallThis, Recall, Serve, MarkAbsent, Return, Hold, Resume, ServeAgain, Finish,
        GoOn, HandOver, Prepare, Ready, Reopen, Reclass, TakeOver, Leave, Cancel, Expire,
    ];

    /// The name used in storage and addresses: `call_next`.
    pub fn id(self) -> &'static str {
        match self {
            CallNext => "call_next",
            CallThis => "call_this",
            Recall => "recall",
            Serve => "serve",
            MarkAbsent => "mark_absent",
            Return => "return",
            Hold => "hold",
            Resume => "resume",
            ServeAgain => "serve_again",
            Finish => "finish",
            GoOn => "go_on",
            HandOver => "hand_over",
            Prepare => "prepare",
            Ready => "ready",
            Reopen => "reopen",
            Reclass => "reclass",
            TakeOver => "take_over",
            Leave => "leave",
            Cancel => "cancel",
            Expire => "expire",
        }
    }

    /// The action of an [`Action::id`].
    pub fn from_id(id: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.id() == id)
    }

    /// Whether the number is called out.
    pub fn is_call(self) -> bool {
        matches!(self, CallNext | CallThis | Recall)
    }

    /// Whether a further leg begins.
    pub fn opens_leg(self) -> bool {
        matches!(self, GoOn | HandOver | Ready)
    }

    /// For how many seconds the press can be undone at the counter where it was made.
    /// What the program has done is not undone but put right, and what only says a
    /// call once more leaves the call to be taken back.
    pub fn undo_secs(self) -> Option<u32> {
        match self {
            // Soon: the resident may be on the way.
            CallNext | CallThis => Some(30),
            Serve | MarkAbsent | Return | Hold | Resume | ServeAgain | Finish | GoOn | HandOver
            | Prepare | Ready | Reopen | Reclass | Leave | Cancel => Some(60),
            // A counter that was taken over is taken over again.
            Recall | TakeOver | Expire => None,
        }
    }
}

/// Who acts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// At the kiosk or with the slip in hand.
    Resident,
    /// At an open counter.
    Clerk,
    /// 総合案内.
    Guide,
    Supervisor,
    /// The program's own clock.
    Timer,
}

impl Who {
    /// All of them.
    pub const ALL: [Who; 5] = [Who::Resident, Who::Clerk, Who::Guide, Who::Supervisor, Who::Timer];
}

const CLERK: &[Who] = &[Who::Clerk];
const CLERKS: &[Who] = &[Who::Clerk, Who::Supervisor];
const STAFF: &[Who] = &[Who::Clerk, Who::Guide, Who::Supervisor];
const SUPERVISOR: &[Who] = &[Who::Supervisor];
const CLERK_OR_TIMER: &[Who] = &[Who::Clerk, Who::Timer];
const CLOSING: &[Who] = &[Who::Supervisor, Who::Timer];
const ANYBODY: &[Who] = &[Who::Resident, Who::Clerk, Who::Guide, Who::Supervisor];
const ANYBODY_OR_TIMER: &[Who] = &Who::ALL;

/// Why an action was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("a {state:?} ticket cannot be {action:?}")]
    State { state: State, action: Action },
    #[error("{action:?} is not for {who:?}")]
    Who { action: Action, who: Who },
}

/// The state that follows, and who may bring it about; the last arm refuses.
///
/// An action that opens a further leg ends this one; the new leg is [`Waiting`].
pub fn edge(state: State, action: Action) -> Result<(State, &'static [Who]), Refused> {
    Ok(match (state, action) {
        (Waiting, CallNext) => (Called, CLERK),
        (Waiting, CallThis) => (Called, CLERKS),
        (Waiting, Reclass) => (Waiting, STAFF),
        (Waiting, Leave) => (Cancelled, ANYBODY),
        (Called, Recall) => (Called, CLERK),
        (Called, Serve) => (Serving, CLERK),
        (Called, MarkAbsent) => (Absent, CLERK_OR_TIMER),
        // "Please go on, I am feeding the baby": the place is kept.
        (Called, Hold) => (Held, CLERK),
        (Serving, Hold) => (Held, CLERK),
        (Serving, Finish) => (Done, CLERK),
        (Serving, GoOn) => (Done, CLERK),
        (Serving, HandOver) => (Done, CLERKS),
        (Serving, Prepare) => (Preparing, CLERK),
        (Serving, TakeOver) => (Serving, CLERKS),
        (Called, TakeOver) => (Called, CLERKS),
        // Any clerk of the section, or a program that knows: the paper is there.
        (Preparing, Ready) => (Done, CLERK_OR_TIMER),
        (Held, Resume) => (Waiting, ANYBODY_OR_TIMER),
        (Held, ServeAgain) => (Serving, CLERK),
        (Held, Leave) => (Cancelled, STAFF),
        // Somebody who missed the call and came back is called again without
        // queueing afresh.
        (Absent, Return) => (Waiting, ANYBODY),
        (Done, Reopen) => (Waiting, CLERKS),
        // One that is being served, too: somebody forgot to say that it was over,
        // and how long it took is not known.
        (Waiting | Called | Serving | Held | Preparing | Absent, Expire) => (Expired, CLOSING),
        (Waiting | Called | Serving | Held | Preparing | Absent, Cancel) => (Cancelled, SUPERVISOR),
        (state, action) => return Err(Refused::State { state, action }),
    })
}

/// The state that follows when `who` acts.
pub fn next(state: State, action: Action, who: Who) -> Result<State, Refused> {
    let (next, allowed) = edge(state, action)?;
    allowed.contains(&who).then_some(next).ok_or(Refused::Who { action, who })
}

/// What `who` may do with a ticket in `state`, for buttons.
pub fn possible(state: State, who: Who) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| next(state, *action, who).is_ok()).collect()
}

#[cfg(test)]
mod tests;
