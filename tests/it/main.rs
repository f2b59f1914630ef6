//! Everything that needs the real program, in one binary: linking is what tests
//! wait for.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod access;
mod appointments;
mod calling;
mod card_pcsc;
mod closing;
mod commands;
mod desk;
mod display;
mod doors;
mod everybody;
mod exporting;
mod fill;
mod floor;
mod home;
mod hub;
mod imports;
mod keeping;
mod kiosk;
mod modules;
mod papers;
mod people;
mod pictures;
mod preregistration;
mod printing;
mod register;
mod screens;
mod sheets;
mod shipped_bugs;
mod stage;
mod status;
mod supervisor;
mod waiting;
