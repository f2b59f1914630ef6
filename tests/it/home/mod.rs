//! The page for home: in a real browser at the size of a telephone, in a folder of any
//! web server, and at the doors of the program. What it makes is opened as the counter
//! opens it.

mod agreement;
mod at_home;
mod booking;
mod chance;
mod changes;
mod doors;
mod drawing;
mod hosted;
mod kept;
mod to_the_counter;
mod town;
mod walks;
