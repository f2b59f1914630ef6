//! Paper: sheets, fonts and the marks written on them. The only room that knows
//! the PDF crates.
