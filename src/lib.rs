//! madoguchi (窓口): the no-writing counter for town halls.
//!
//! The rooms are cut three ways: rules and storage by domain, pages by
//! audience, start-up by role. `docs/ARCHITECTURE.md` has the map and the walks;
//! `tests/it/imports.rs` keeps the arrows pointing one way.

#![deny(unsafe_code)]

// vocabulary: no I/O, imports nothing of ours
pub mod chance;
pub mod clock;
pub mod cp932;
pub mod csv;
pub mod document;
pub mod fault;
pub mod hex;
pub mod holiday;
pub mod id;
pub mod kana;
pub mod lang;
pub mod personal_number;
pub mod secret;
pub mod text;
pub mod wareki;
pub mod yen;

// machinery
pub mod certificates;
pub mod db;
pub mod envelope;
pub mod journal;
pub mod pdf;
pub mod scan;

// domain
pub mod alarm;
pub mod applicant;
pub mod application;
pub mod appointment;
pub mod bill_code;
pub mod card;
pub mod config;
pub mod demo;
pub mod device;
pub mod downlink;
pub mod export;
pub mod form;
pub mod forwarding;
pub mod jpqr;
pub mod letter;
pub mod notice;
pub mod payment;
pub mod preregistration;
pub mod printer;
pub mod procedure;
pub mod queue;
pub mod register;
pub mod second_copy;
pub mod staff;
pub mod sync;
pub mod takings;
pub mod terminal;
pub mod visit;
pub mod wire;

// backend
pub mod hub;

// pages
pub mod web;

// start-up
pub mod cli;
pub mod schema;
pub mod server;
