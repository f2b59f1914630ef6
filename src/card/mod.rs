//! Identity cards: what is on the reader, and what it may tell us.
