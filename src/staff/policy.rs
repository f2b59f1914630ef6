//! Who may do what, as one table the eye can check.

use super::Role;

/// Something a role allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See today's visits, and what residents entered.
    SeeVisits,
    /// Change a value, or enter one that is missing.
    Correct,
    /// Note which identity documents were looked at.
    CheckIdentity,
    /// Print forms, and print them again.
    Print,
    /// Take the signed forms in.
    Accept,
    /// Give a form back with a reason.
    SendBack,
    /// Open what was accepted or sent back once more.
    Reopen,
    /// Go to a resident who pressed the button.
    AnswerCalls,
    /// Sit at a counter and call residents to it.
    CallResidents,
    /// Book for somebody, and see who has booked.
    BookAppointments,
    /// Draw numbers at the floor guide, and count those who need none.
    GuideVisitors,
    /// Raise a silent alarm, say that one comes, and that it is over.
    RaiseAlarms,
    /// Take what a visit owes, take it back on its own day, and say who is exempt.
    TakePayments,
    /// Fill boxes with rows of the resident register.
    LoadRegister,
    /// See how the queue stands in every lane and at every counter.
    Oversee,
    /// Let a code made at home be used once more.
    ReinstateCodes,
    /// Give money back after it was taken (還付).
    GiveBack,
    /// Count the drawers, hold the terminals against the books, close the day, and see
    /// what was taken.
    CloseDays,
    /// Take files for other systems that hold sums and numbers.
    Export,
    /// Take files of what residents entered.
    ExportEntries,
    /// Pair, revoke and assign tablets and displays.
    PairDevices,
    /// Let somebody try their password again before the wait is over.
    LiftBackOff,
    /// Add, disable and reset accounts.
    ManageStaff,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 23] = [
        Action::SeeVisits,
        Action::Correct,
        Action::CheckIdentity,
        Action::Print,
        Action::Accept,
        Action::SendBack,
        Action::Reopen,
        Action::AnswerCalls,
        Action::CallResidents,
        Action::BookAppointments,
        Action::GuideVisitors,
        Action::RaiseAlarms,
        Action::TakePayments,
        Action::LoadRegister,
        Action::Oversee,
        Action::ReinstateCodes,
        Action::GiveBack,
        Action::CloseDays,
        Action::Export,
        Action::ExportEntries,
        Action::PairDevices,
        Action::LiftBackOff,
        Action::ManageStaff,
    ];
}

/// Whether `role` may do `action`. The administrator never reads what residents
/// entered: who runs the machine is not who serves people.
pub fn may(role: Role, action: Action) -> bool {
    use Action::*;
    use Role::*;
    match action {
        SeeVisits | Correct | CheckIdentity | Print | Accept | SendBack | Reopen | AnswerCalls
        | CallResidents | TakePayments | LoadRegister => matches!(role, Clerk | Supervisor),
        // Numbers and the names of bookings, no forms.
        BookAppointments | GuideVisitors | RaiseAlarms => {
            matches!(role, Clerk | Supervisor | Guide)
        }
        // One code used twice is two papers: somebody answers for it.
        ReinstateCodes => matches!(role, Supervisor),
        // Money that leaves the office: somebody answers for it, too.
        GiveBack | CloseDays => matches!(role, Supervisor),
        // What residents entered leaves the office: somebody answers for it.
        ExportEntries => matches!(role, Supervisor),
        // Sums, nobody's entries.
        Export => matches!(role, Supervisor | Administrator),
        // A broken tablet or a forgotten password cannot wait for the
        // information section while residents do.
        PairDevices | LiftBackOff => matches!(role, Supervisor | Administrator),
        // Numbers and counters, nobody's entries.
        Oversee => matches!(role, Supervisor | Administrator),
        ManageStaff => matches!(role, Administrator),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this_one() {
        let row = |role| -> String {
            Action::ALL
                .into_iter()
                .map(|action| if may(role, action) { 'x' } else { '.' })
                .collect()
        };
        assert_eq!(
            Role::ALL.map(row),
            [
                "xxxxxxxxxxxxxx.........",
                "xxxxxxxxxxxxxxxxxxxxxx.",
                "..............x...x.xxx",
                ".........xxx...........",
            ]
        );
    }
}
