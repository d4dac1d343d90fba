//! What leaves the program on paper and into other calendars.
