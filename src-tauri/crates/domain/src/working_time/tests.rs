use chrono::TimeDelta;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    calendar(&[]).instant(text.parse().unwrap())
}

fn stretch(from: &str, until: &str) -> Interval {
    Interval::new(at(from), at(until))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ten_hours() -> WorkingHours {
    WorkingHours::new("06:00:00".parse().unwrap(), "16:00:00".parse().unwrap()).unwrap()
}

/// Chicago, Monday to Friday, six until four.
fn calendar(closures: &[(&str, &str)]) -> Calendar {
    let bare = Calendar::new(Tz::America__Chicago, WorkingDays::WEEKDAYS, ten_hours(), Vec::new());
    let closures = closures
        .iter()
        .map(|(from, until)| Interval::new(bare.instant(from.parse().unwrap()), bare.instant(until.parse().unwrap())));
    Calendar { closures: merged(closures.collect()), ..bare.clone() }
}

fn says(calendar: &Calendar, instant: DateTime<Utc>) -> String {
    calendar.local(instant).format("%a %m-%d %H:%M").to_string()
}

#[test]
fn days_are_23_and_25_hours_long_when_the_clocks_change() {
    let calendar = calendar(&[]);
    for (date, hours) in [("2026-03-07", 24), ("2026-03-08", 23), ("2026-10-31", 24), ("2026-11-01", 25)] {
        assert_eq!(calendar.day(day(date)).duration(), TimeDelta::hours(hours), "{date}");
        assert_eq!(calendar.day_of(calendar.day(day(date)).start), day(date));
        assert_eq!(calendar.day_of(calendar.day(day(date)).end), plus(day(date), 1));
        assert_eq!(calendar.working_hours(day(date)).duration(), TimeDelta::hours(10), "the change is at night");
    }
}

#[test]
fn a_skipped_time_moves_forward_and_a_repeated_one_is_the_first() {
    let calendar = calendar(&[]);
    let local = |text: &str| calendar.instant(text.parse().unwrap());
    assert_eq!(local("2026-03-08T02:30:00").to_rfc3339(), "2026-03-08T08:30:00+00:00");
    assert_eq!(calendar.local(local("2026-03-08T02:30:00")).to_string(), "2026-03-08 03:30:00");
    assert_eq!(local("2026-11-01T01:30:00").to_rfc3339(), "2026-11-01T06:30:00+00:00");
    assert_eq!(local("2026-11-01T02:00:00").to_rfc3339(), "2026-11-01T08:00:00+00:00");
    // Samoa skipped the 30th of December 2011 whole.
    let apia = Calendar::new(Tz::Pacific__Apia, WorkingDays::WEEKDAYS, ten_hours(), Vec::new());
    assert_eq!(apia.local(apia.instant("2011-12-30T12:00:00".parse().unwrap())).to_string(), "2011-12-31 12:00:00");
}

/// As the database has it (`neff.start_of_day`): PostgreSQL's own AT TIME ZONE takes the second midnight, 05:00 UTC.
#[test]
fn a_day_whose_midnight_comes_twice_begins_with_the_first() {
    let havana = Calendar::new(Tz::America__Havana, WorkingDays::WEEKDAYS, ten_hours(), Vec::new());
    let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    assert_eq!(havana.instant("2030-11-03T00:00:00".parse().unwrap()), utc("2030-11-03T04:00:00Z"));
    let job = Interval::new(utc("2030-11-01T16:00:00Z"), utc("2030-11-03T04:30:00Z"));
    let last = Interval::new(utc("2030-11-03T04:00:00Z"), utc("2030-11-03T04:30:00Z"));
    assert_eq!(
        havana.working_days_of(job).last().map(|claim| claim.during),
        Some(last),
        "the hour before the second is that day's"
    );
}

#[test]
fn no_instant_is_too_far_away() {
    let calendar = calendar(&[]);
    for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let around = Interval::new(DateTime::<Utc>::MIN_UTC, instant);
        assert!(calendar.working_days_of(around).len() <= 1);
        let _ = (calendar.day_of(instant), calendar.shape(around), calendar.shift_days(around, 3));
        let _ = (calendar.span(instant, TimeDelta::hours(30), true), calendar.is_open(around));
    }
    assert_eq!(calendar.is_working_day(NaiveDate::MAX), calendar.is_working_weekday(NaiveDate::MAX));
}

#[test]
fn the_setting_is_read_as_the_database_reads_it() {
    for (setting, days) in [("1,2,3,4,5", "1,2,3,4,5"), ("67", "6,7"), ("0,9,x", "1,2,3,4,5"), ("", "1,2,3,4,5")] {
        assert_eq!(WorkingDays::read(setting).to_string(), days, "{setting}");
    }
    assert!(WorkingDays::new([]).is_empty());
    assert_eq!(WorkingDays::from(WorkingDays::new([]).to_string()), WorkingDays::new([]));
}

#[test]
fn working_days_leave_out_weekends_and_whole_closures() {
    let calendar = calendar(&[
        ("2026-05-25T00:00:00", "2026-05-26T00:00:00"),
        ("2026-05-27T12:00:00", "2026-05-28T00:00:00"),
        ("2026-05-28T00:00:00", "2026-05-28T16:00:00"),
    ]);
    let working = |text| calendar.is_working_day(day(text));
    assert!(!working("2026-05-25"), "Memorial Day");
    assert!(working("2026-05-26") && working("2026-05-27"), "half a closure is a working day");
    assert!(!working("2026-05-28"), "the closure goes on until the end of the day's work");
    assert!(!working("2026-05-30"), "Saturday");
    assert_eq!(calendar.next_working_day(day("2026-05-22")), Some(day("2026-05-26")));
    assert_eq!(calendar.working_day_from(day("2026-05-26"), -1), Some(day("2026-05-22")));
    assert_eq!(calendar.open_hours(day("2026-05-27")), [stretch("2026-05-27T06:00:00", "2026-05-27T12:00:00")]);
    let never = Calendar::new(Tz::UTC, WorkingDays::new([]), ten_hours(), Vec::new());
    assert_eq!(never.next_working_day(day("2026-05-22")), None);
    assert_eq!(never.shift_days(stretch("2026-05-22T06:00:00", "2026-05-22T10:00:00"), 1), None);
}

#[test]
fn twenty_hours_from_friday_end_on_monday_or_on_saturday() {
    let calendar = calendar(&[]);
    let span =
        |start: &str, hours, skip| says(&calendar, calendar.span(at(start), TimeDelta::hours(hours), skip).unwrap());
    assert_eq!(span("2026-06-05T06:00:00", 20, true), "Mon 06-08 16:00");
    assert_eq!(span("2026-06-05T06:00:00", 20, false), "Sat 06-06 16:00");
    assert_eq!(span("2026-06-05T13:00:00", 8, true), "Mon 06-08 11:00", "three hours today, five on Monday");
    assert_eq!(span("2026-06-06T06:00:00", 20, true), "Mon 06-08 16:00", "a Saturday that was chosen counts");
    assert_eq!(span("2026-06-03T20:00:00", 8, true), "Thu 06-04 04:00", "night work goes on through the night");
    assert_eq!(span("2026-06-03T20:00:00", 12, true), "Thu 06-04 22:00", "and on the next night");
    assert_eq!(span("2026-06-03T05:00:00", 10, true), "Wed 06-03 15:00");
    assert_eq!(span("2026-06-03T09:00:00", 0, true), "Wed 06-03 09:00");
    assert_eq!(span("2026-03-07T22:00:00", 6, false), "Sun 03-08 05:00", "six real hours of a night that is shorter");
}

#[test]
fn a_span_leaves_out_what_is_closed() {
    let calendar =
        calendar(&[("2026-06-08T00:00:00", "2026-06-09T00:00:00"), ("2026-06-09T12:00:00", "2026-06-09T13:00:00")]);
    let span =
        |hours, skip| says(&calendar, calendar.span(at("2026-06-05T06:00:00"), TimeDelta::hours(hours), skip).unwrap());
    assert_eq!(span(20, true), "Wed 06-10 07:00", "Monday is a holiday, and Tuesday has an hour off");
    assert_eq!(span(20, false), "Sat 06-06 16:00");
    let never = Calendar::new(Tz::UTC, WorkingDays::new([]), ten_hours(), Vec::new());
    assert_eq!(never.span(at("2026-06-05T06:00:00"), TimeDelta::hours(11), true), None);
}

/// As the database answers for these times (`spread_claims`, zone America/Chicago, days 1 to 5).
#[test]
fn claims_are_those_of_the_database() {
    let calendar = calendar(&[("2026-06-09T00:00:00", "2026-06-10T00:00:00")]);
    let claims = |from: &str, until: &str| -> Vec<(String, String)> {
        let claims = calendar.working_days_of(stretch(from, until));
        claims.iter().map(|c| (says(&calendar, c.during.start), says(&calendar, c.during.end))).collect()
    };
    let pairs = |expected: &[(&str, &str)]| -> Vec<(String, String)> {
        expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    assert_eq!(claims("2026-06-05T20:00:00", "2026-06-06T20:00:00"), pairs(&[("Fri 06-05 20:00", "Sat 06-06 20:00")]));
    assert_eq!(
        claims("2026-06-05T06:00:00", "2026-06-08T14:00:00"),
        pairs(&[("Fri 06-05 06:00", "Sat 06-06 00:00"), ("Mon 06-08 00:00", "Mon 06-08 14:00")])
    );
    assert_eq!(
        claims("2026-06-06T06:00:00", "2026-06-07T14:00:00"),
        pairs(&[("Sat 06-06 06:00", "Sun 06-07 00:00"), ("Sun 06-07 00:00", "Sun 06-07 14:00")]),
        "only on days that are not working days: both are claimed"
    );
    assert_eq!(
        claims("2026-06-08T06:00:00", "2026-06-11T00:00:00").len(),
        3,
        "until midnight is not yet Thursday, and a holiday is claimed"
    );
    // The 25-hour Sunday is longer than 24 hours, and one day.
    assert_eq!(claims("2026-11-01T00:00:00", "2026-11-02T00:00:00"), pairs(&[("Sun 11-01 00:00", "Mon 11-02 00:00")]));
    assert_eq!(claims("2026-03-07T20:00:00", "2026-03-08T21:00:00").len(), 1, "24 real hours");
    assert_eq!(claims("2026-01-05T06:00:00", "2027-01-08T06:00:00").len(), 1, "over a year");
    assert_eq!(claims("2026-06-05T06:00:00", "2026-06-05T06:00:00"), []);
}

#[test]
fn work_is_the_working_hours_of_what_is_claimed() {
    let calendar = calendar(&[]);
    let work = calendar.work_of(stretch("2026-06-03T05:00:00", "2026-06-05T14:00:00"));
    let expected = [
        stretch("2026-06-03T05:00:00", "2026-06-03T16:00:00"),
        stretch("2026-06-04T06:00:00", "2026-06-04T16:00:00"),
        stretch("2026-06-05T06:00:00", "2026-06-05T14:00:00"),
    ];
    assert_eq!(work.iter().map(|part| part.during).collect::<Vec<_>>(), expected);
    let nights = calendar.work_of(stretch("2026-06-03T20:00:00", "2026-06-05T04:00:00"));
    assert_eq!(nights[0].during, stretch("2026-06-03T20:00:00", "2026-06-04T00:00:00"));
    assert_eq!(nights[2].during, stretch("2026-06-05T00:00:00", "2026-06-05T04:00:00"));
}

#[test]
fn a_shift_keeps_the_clock_and_the_number_of_working_days() {
    let plain = calendar(&[]);
    let shifted = |calendar: &Calendar, from: &str, until: &str, days| {
        let moved = calendar.shift_days(stretch(from, until), days).unwrap();
        (says(calendar, moved.start), says(calendar, moved.end))
    };
    let is = |(a, b): (String, String), from: &str, until: &str| assert_eq!((a.as_str(), b.as_str()), (from, until));
    is(shifted(&plain, "2026-06-05T07:00:00", "2026-06-05T15:00:00", 1), "Mon 06-08 07:00", "Mon 06-08 15:00");
    is(shifted(&plain, "2026-06-03T07:00:00", "2026-06-05T15:00:00", 1), "Thu 06-04 07:00", "Mon 06-08 15:00");
    is(shifted(&plain, "2026-06-04T07:00:00", "2026-06-08T15:00:00", -1), "Wed 06-03 07:00", "Fri 06-05 15:00");
    is(shifted(&plain, "2026-06-06T07:00:00", "2026-06-07T15:00:00", 1), "Mon 06-08 07:00", "Tue 06-09 15:00");
    is(shifted(&plain, "2026-06-04T20:00:00", "2026-06-05T04:00:00", 1), "Fri 06-05 20:00", "Sat 06-06 04:00");
    is(shifted(&plain, "2026-06-04T06:00:00", "2026-06-06T00:00:00", 1), "Fri 06-05 06:00", "Tue 06-09 00:00");
    is(shifted(&plain, "2026-06-05T06:00:00", "2026-06-05T14:00:00", 0), "Fri 06-05 06:00", "Fri 06-05 14:00");
    let holiday = calendar(&[("2026-06-08T00:00:00", "2026-06-09T00:00:00")]);
    is(shifted(&holiday, "2026-06-04T07:00:00", "2026-06-05T15:00:00", 1), "Fri 06-05 07:00", "Tue 06-09 15:00");
    // Both changes of the clock lie in between; six in the morning stays six in the morning.
    is(shifted(&plain, "2026-03-06T06:00:00", "2026-03-06T14:00:00", 1), "Mon 03-09 06:00", "Mon 03-09 14:00");
    is(shifted(&plain, "2026-10-30T06:00:00", "2026-10-30T14:00:00", 1), "Mon 11-02 06:00", "Mon 11-02 14:00");
}

#[test]
fn a_night_shift_laid_into_the_change_never_ends_before_it_starts() {
    let every_day = WorkingDays::read("1234567");
    let calendar = Calendar::new(Tz::America__Chicago, every_day, ten_hours(), Vec::new());
    let night = calendar.shift_days(stretch("2026-03-07T02:15:00", "2026-03-07T03:05:00"), 1).unwrap();
    assert!(night.start < night.end, "{night:?}");
    let twice = Interval::new(
        "2026-11-01T06:30:00Z".parse().unwrap(),
        "2026-11-01T07:10:00Z".parse().unwrap(), // 1:30 until 1:10, an hour later
    );
    let moved = calendar.shift_days(twice, 1).unwrap();
    assert!(!moved.is_empty(), "{moved:?}");
}

#[test]
fn closures_can_be_added_and_taken_away() {
    let calendar = calendar(&[("2026-06-08T00:00:00", "2026-06-10T00:00:00")]);
    let open = calendar.opened(&[stretch("2026-06-09T00:00:00", "2026-06-10T00:00:00")]);
    assert!(!open.is_working_day(day("2026-06-08")) && open.is_working_day(day("2026-06-09")));
    assert_eq!(open.also_closed(&[stretch("2026-06-09T00:00:00", "2026-06-10T00:00:00")]), calendar);
    let text = serde_json::to_string(&calendar).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&text).unwrap(), calendar);
    assert!(serde_json::from_str::<WorkingHours>(r#"["16:00:00","06:00:00"]"#).is_err());
}
