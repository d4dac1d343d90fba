//! Neff Office: the program people start.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    database::session::forget_environment();
    match shell::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tracing::error!(%failure, "the program could not start");
            eprintln!("Neff Office could not start: {failure}");
            failure.show();
            failure.exit_code()
        }
    }
}
