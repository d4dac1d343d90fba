//! Names that would be found alike, as the office's screens save them and as other programs write them.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::Computer;
use neff_tests::office::Office as TestOffice;
use office::view::{CrewInput, MachineInput, PersonInput};
use office::{AppError, ErrorCode};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

fn person(name: &str, status: &str) -> PersonInput {
    PersonInput {
        name: name.to_owned(),
        role: "raker".to_owned(),
        status: status.to_owned(),
        email: None,
        phone: None,
        hire_date: None,
        specializations: None,
        hours: None,
        certificates: None,
        keep_items: Vec::new(),
        leave_crews: None,
    }
}

fn crew(name: &str) -> CrewInput {
    CrewInput { name: name.to_owned(), status: "active".to_owned(), color: None, notes: None }
}

fn machine(name: &str) -> MachineInput {
    MachineInput { name: name.to_owned(), kind: "paver".to_owned(), status: "active".to_owned(), notes: None }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Invalid, Some("name")), "{error:?}");
    error.message
}

#[tokio::test]
async fn the_screens_keep_names_apart_that_would_be_found_alike() {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await.office;
    let paving = dana.save_crew(None, 1, &crew("Paving North")).await.unwrap();
    assert!(
        refused(dana.save_crew(None, 1, &crew("paving  north ".replace("  ", " ").as_str())).await).contains("crew")
    );
    dana.save_machine(None, 1, &machine("Paver Nine")).await.unwrap();
    assert!(refused(dana.save_machine(None, 1, &machine("PAVER NINE")).await).contains("machine"));

    let bob = dana.save_person(None, 1, &person("José Peña", "active")).await.unwrap();
    assert!(refused(dana.save_person(None, 1, &person("jose pena", "active")).await).contains("José Peña"));
    assert!(refused(dana.save_person(None, 1, &person("PAVING NORTH", "active")).await).contains("a crew called"));
    assert!(refused(dana.save_crew(None, 1, &crew("José Peña")).await).contains("somebody called"));
    // Its own name is no reason, nor is one that nobody goes by any more.
    dana.save_crew(Some(paving.id), paving.version, &crew("Paving North")).await.unwrap();
    let gone = dana.save_person(Some(bob.id), bob.version, &person("José Peña", "terminated")).await.unwrap();
    dana.save_person(None, 1, &person("Jose Pena", "active")).await.unwrap();
    assert!(
        refused(dana.save_person(Some(gone.id), gone.version, &person("José Peña", "active")).await)
            .contains("Jose Pena")
    );
}

#[tokio::test]
async fn a_second_person_of_a_name_from_another_program_is_taken_listed_and_never_guessed() {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await.office;
    let first = dana.save_person(None, 1, &person("Bob Twice", "active")).await.unwrap();
    let second = Uuid::new_v4();
    let mut website = at.website().await;
    let say = async |c: &mut sqlx::PgConnection, text: String| {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(c).await.unwrap();
    };
    say(&mut website, format!("INSERT INTO crew_members (id, name, role) VALUES ('{second}', 'bob twice', 'raker')"))
        .await;
    say(
        &mut website,
        "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         VALUES (now() + interval '1 day', now() + interval '1 day 4 hours', '12 Oak St', '[\"Bob Twice\"]')"
            .to_owned(),
    )
    .await;
    let unknown: Vec<(String, String)> =
        sqlx::query_as("SELECT written, reason FROM job_unknown_resources").fetch_all(at.keeper().await).await.unwrap();
    assert_eq!(unknown, [("Bob Twice".to_owned(), "ambiguous".to_owned())]);
    // The office can go on with either of them as they are.
    dana.save_person(Some(first.id), first.version, &person("Bob Twice", "on_leave")).await.unwrap();
}
