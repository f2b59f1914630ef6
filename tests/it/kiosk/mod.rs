//! Residents at the kiosk, in a real browser.

mod walks;
