//! That the database and the core compare text alike, whatever the database's locale, and find what is typed.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::search::{Sought, folded, searchable, sortable};
use neff_tests::postgres::{Server, TestDatabase, unique};
use sqlx::{PgConnection, Row};

/// What people write, in many scripts and ways; ui/src/lib/match.test.ts holds the first of them, too.
const TEXTS: [&str; 30] = [
    "MUÑOZ",
    "muñoz",
    "O’Brien",
    "O`Brien",
    "O´Brien",
    "STRASSE Straße ẞ",
    "Łódź Æon Œuvre Þór Đorđe",
    "ΣΊΣΥΦΟΣ σίσυφος ΑΘΗΝΑΣ",
    "Йошкар-Ола ЁЖ",
    "İstanbul ısı ILIK",
    "Zoe\u{301} Crème–Brûlée — x",
    "12\u{a0}Oak\u{3000}St",
    "ﬁn №12 ½ x²",
    "Ａｂｃ１２３",
    "ԵՐԵՎԱՆ",
    "ᲗᲑᲘᲚᲘᲡᲘ თბილისი",
    "بِسْمِ أحمد",
    "שָׁלוֹם",
    "がぎぐ ガギグ",
    "서울 한국",
    "นํ้า ก้",
    "Nguyễn Văn Đức",
    "soft\u{ad}hyphen zero\u{200b}width\u{feff}",
    "👷🏽‍♀️ crew ❤️",
    "“quoted” „low‟ ‘x’",
    "Ǆ ǅ ǆ Ǿ ǽ",
    "ȺȾ ⱭⱯ Ꞌ",
    "𐐀𐐨 𞤀𞤢",
    "a\tb\r\nc\u{b}d",
    "",
];

async fn in_sql(connection: &mut PgConnection, function: &str, texts: &[String]) -> Vec<String> {
    let sql = format!("SELECT neff.{function}(t) AS t FROM unnest($1::text[]) WITH ORDINALITY AS x(t, n) ORDER BY n");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(texts).fetch_all(connection).await.unwrap();
    rows.into_iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn the_database_folds_text_as_the_core_does() {
    let database = Server::get().await.office_database().await;
    let mut connection = database.connect().await;
    // Every letter of the scripts with capitals, one by one; those that came after Unicode 13 only a newer server knows.
    let letters = ('\u{1}'..='\u{556}')
        .chain('\u{10A0}'..='\u{10FF}')
        .chain('\u{13A0}'..='\u{13FD}')
        .chain('\u{1C90}'..='\u{1CBF}')
        .chain('\u{1E00}'..='\u{209C}')
        .chain('\u{2100}'..='\u{218B}')
        .chain('\u{2C80}'..='\u{2CFF}')
        .chain('\u{A640}'..='\u{A69F}')
        .chain('\u{A722}'..='\u{A7BF}')
        .chain('\u{AB30}'..='\u{AB6B}')
        .chain('\u{FB00}'..='\u{FB4F}')
        .chain('\u{FF01}'..='\u{FF5E}')
        .chain('\u{10400}'..='\u{1044F}')
        .map(String::from);
    let texts: Vec<String> = TEXTS.iter().map(|&text| text.to_owned()).chain(letters).collect();
    let told = in_sql(&mut connection, "folded", &texts).await;
    for (text, told) in texts.iter().zip(&told) {
        assert_eq!(folded(text), *told, "{text:?} U+{:04X}", text.chars().next().map_or(0, u32::from));
    }
    let told = in_sql(&mut connection, "sortable", &texts).await;
    for (text, told) in texts.iter().zip(&told) {
        assert_eq!(sortable(text), *told, "{text:?}");
    }
}

#[tokio::test]
async fn what_is_typed_is_read_alike_and_found_alike() {
    let database = Server::get().await.office_database().await;
    let mut connection = database.connect().await;
    let phones = ["630-555-0143", "(630) 555 0143", "+1 630 555 0143", "630.555.0143", "1-630-555-0143", "", "x 12"];
    let typed = [
        "630-555-0143",
        "(630) 555 0143",
        "+1 630 555 0143",
        "+16305550143",
        "6305550143",
        "630 555",
        "555-0143",
        "munoz",
        "MUÑOZ 630.555.0143 oak",
        "o’brien",
        "obrien",
        "strasse",
        "12-14",
        "m",
        "ma o",
        "1247 60540",
        "x(630)555-0143",
        "12345678901234",
        "50%_off \\",
        "  ' ",
        "a b c d e f g h",
    ];
    for text in typed {
        let words: Vec<String> =
            sqlx::query_scalar("SELECT neff.sought_words($1)").bind(text).fetch_one(&mut connection).await.unwrap();
        let sought = Sought::read(text);
        assert_eq!(sought.words(), words, "{text:?}");
        for phone in phones {
            for (name, address) in
                [("Ann Muñoz", "12-14 Oak St"), ("Patrick O'Brien", "1 Straße"), ("Max", "50%_off \\")]
            {
                let (place, found): (String, bool) = sqlx::query_as(
                    "SELECT neff.searchable($1, NULL, $2, $3), neff.holds(neff.searchable($1, NULL, $2, $3), neff.sought_words($4))",
                )
                .bind(name)
                .bind(phone)
                .bind(address)
                .bind(text)
                .fetch_one(&mut connection)
                .await
                .unwrap();
                assert_eq!(searchable(name, "", phone, address), place);
                assert_eq!(sought.is_in(&place), found, "{text:?} in {place:?}");
            }
        }
    }
}

/// Customers, a job, and somebody of the office who looks for them.
async fn office() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let login = unique("finder");
    Server::get().await.create_login(&login, "secret", &["neff_app"]).await;
    sqlx::raw_sql(
        "INSERT INTO customers (name, email, phone, address) VALUES
             ('MUÑOZ Paving', 'a@example.com', '630-555-0143', '12 Oak St'), ('Patrick O''Brien', 'b@example.com', '(630) 555 0199', '9 Elm St');
         INSERT INTO contracts (client_name, client_phone, service_type, project_address, status)
             VALUES ('Jürgen Weiß', '+1 630 555 0177', 'commercial', '4 Königstraße', 'approved');
         INSERT INTO job_schedules (contract_id, start_date, end_date, location_address)
             SELECT id, '2027-06-01T12:00Z', '2027-06-01T20:00Z', project_address FROM contracts",
    )
    .execute(&mut database.connect().await)
    .await
    .unwrap();
    let connection = database.connect_as(&login).await;
    (database, connection)
}

#[tokio::test]
async fn records_and_jobs_are_found_without_accents_case_or_the_way_a_number_is_written() {
    let (_database, mut connection) = office().await;
    for (typed, found) in [
        ("muñoz", "MUÑOZ Paving"),
        ("munoz", "MUÑOZ Paving"),
        ("MUÑ", "MUÑOZ Paving"),
        ("mu", "MUÑOZ Paving"),
        ("O’Brien", "Patrick O'Brien"),
        ("obrien", "Patrick O'Brien"),
        ("(630) 555 0143", "MUÑOZ Paving"),
        ("+1 630 555 0143", "MUÑOZ Paving"),
        ("630.555.0199", "Patrick O'Brien"),
        ("jurgen weiss", "Jürgen Weiß"),
    ] {
        let titles: Vec<String> = sqlx::query_scalar("SELECT title FROM neff.search_records($1, 20)")
            .bind(typed)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert!(titles.iter().any(|title| title == found), "{typed:?} finds {found:?}: {titles:?}");
    }
    for typed in ["konigstrasse", "KÖNIG", "weiss", "630-555-0177", "je", "ju", "4"] {
        let jobs: i64 = sqlx::query_scalar("SELECT count(*) FROM neff.jobs_with_text($1)")
            .bind(typed)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(jobs, i64::from(typed != "je"), "{typed:?}");
    }
}
