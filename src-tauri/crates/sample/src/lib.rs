//! Believable sample data.
