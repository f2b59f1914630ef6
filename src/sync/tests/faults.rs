//! What goes wrong in a simulated week, by itself and on purpose, and what the oracle calls
//! it.

/// A fault in the program, put there to see whether the oracle notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    TrimsWhatIsAcknowledged,
    NeverGoesBack,
    ComparesNumbersOnly,
    KeepsNothingOfTheHub,
    TakesNothingOver,
    NewOperationIds,
    TakesTwice,
    TakesAfterGaps,
    OperationsCountTwice,
    PoisonBlocks,
    OvertakesWhatIsParked,
    ForgetsWhatWasParked,
    NeverLooksBack,
}

/// What goes wrong outside of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Both sides are restored again and again, a copy of a counter may run beside
    /// it, copies are up to half a day old.
    Storm,
    /// At most one restore of each side, from a copy of the last ten minutes of the
    /// counter: more than the second copy of every minute promises.
    OneRestoreEach,
    /// The same, and the hub is set back some hours after the counter was: what only the
    /// hub had then is with the counter, or nowhere.
    OneAfterTheOther,
    /// The same, and nothing tells the hub's life from the one before, as after a snapshot
    /// of its machine.
    OneAfterTheOtherInTheSameLife,
}

/// What the oracle found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bad {
    /// An operation that a counter holds never took effect.
    Lost,
    /// One took effect more than once.
    Doubled,
    /// An entity saw entries of a log the wrong way round.
    OutOfOrder,
    /// It was there at last, but not when it should have been.
    Late,
    /// Something reached the hub once and is not there any more.
    Forgotten,
}
