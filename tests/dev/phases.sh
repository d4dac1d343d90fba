# The phases of `./dev check` and `./dev test`, and their count. Sourced by `dev`.
# shellcheck shell=bash

phases=()
passed=0
failed=0

# phase NAME COMMAND…: runs it to its end, counts the tests its runner reports, goes on when it failed.
phase() {
    local name=$1 started=$SECONDS log=$work/phase.log code=0 outcome=ok
    shift
    say "$name"
    set +e
    # In a subshell: a phase that fails ends itself, not the run.
    (set -e; "$@") 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    set -e
    local counted_passed counted_failed
    read -r counted_passed counted_failed < <(count_tests "$log")
    # A phase that runs no tests is one test; a runner that failed without naming a test is one failure.
    if ((code != 0 && counted_failed == 0)); then counted_failed=1; fi
    if ((code == 0 && counted_passed == 0)); then counted_passed=1; fi
    if ((code != 0)); then outcome=FAILED; fi
    passed=$((passed + counted_passed))
    failed=$((failed + counted_failed))
    phases+=("$(printf '%-44s %-7s %5d passed %4d failed %6d s' "$name" "$outcome" \
        "$counted_passed" "$counted_failed" $((SECONDS - started)))")
}

# What nextest, cargo test, vitest and node's runner say at their ends, added up.
count_tests() {
    sed -E 's/\x1b\[[0-9;]*m//g' "$1" | awk '
        function number_before(word,   part) {
            if (match($0, "[0-9]+ " word)) { part = substr($0, RSTART, RLENGTH); return part + 0 }
            return 0
        }
        / Summary \[/                     { p += number_before("passed"); f += number_before("failed") + number_before("timed out") + number_before("exec failed") }
        /^test result: /                  { p += number_before("passed"); f += number_before("failed") }
        /^ *Tests  /                      { p += number_before("passed"); f += number_before("failed") }
        /^(# |ℹ )pass [0-9]+/             { p += $3 }
        /^(# |ℹ )fail [0-9]+/             { f += $3 }
        /^ *[0-9]+ passed, [0-9]+ failed/ { p += number_before("passed"); f += number_before("failed") }
        END { print p + 0, f + 0 }'
}

summary() {
    if [[ -n ${server_watchdog:-} ]]; then stop_server; fi
    say "Summary"
    printf '%s\n' "${phases[@]}"
    printf 'in %d min %02d s\n' $((SECONDS / 60)) $((SECONDS % 60))
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}

build_ui() {
    if [[ ! -f ui/dist/index.html ]] || [[ -n $(find ui -path ui/node_modules -prune -o -path ui/dist -prune -o \
        -type f -newer ui/dist/index.html -print -quit) ]]; then
        say "Building the window's pages"
        npm --prefix ui run build --silent
    fi
}

check_phases() {
    phase "UI: build" build_ui
    phase "UI: format and lint" npm --prefix ui run lint --silent
    phase "UI: types" npm --prefix ui run check --silent
    phase "UI: unit tests" npm --prefix ui test --silent
    phase "Rust: format (cargo fmt --all)" cargo fmt --all --check -- -l --color never
    phase "Rust: lint" cargo clippy --workspace --all-targets --quiet -- -D warnings
    phase "Licences, bans, sources, advisories" check_dependencies
    phase "Checked queries are up to date" check_queries
}

check_dependencies() {
    install_cargo_deny
    # The advisory database is fetched from the net; where that cannot be reached, the rest is still checked.
    local advisories=(advisories)
    cargo deny fetch db >"$work/deny.log" 2>&1 || {
        echo "The advisory database cannot be reached: advisories are not checked in this run."
        advisories=()
    }
    cargo deny --log-level error check ${advisories[@]+"${advisories[@]}"} bans licenses sources
}

# Where sqlx keeps what the server said about each query.
query_folder() {
    if [[ -d src-tauri/crates/database/.sqlx ]]; then echo src-tauri/crates/database/.sqlx; else echo .sqlx; fi
}

# A freshly migrated database, in DATABASE_URL.
query_database() {
    [[ -n ${NEFF_TEST_POSTGRES:-} ]] || start_server "$(everyday_postgres)"
    server_sql postgres <<<"DROP DATABASE IF EXISTS neff_queries WITH (FORCE)" 2>/dev/null
    server_sql postgres <<<"CREATE DATABASE neff_queries TEMPLATE template0"
    export DATABASE_URL=postgres://postgres@127.0.0.1:$server_port/neff_queries
    local file
    for file in migrations/postgres/*.sql; do
        psql --no-psqlrc --quiet --single-transaction --set=ON_ERROR_STOP=1 --file "$file" "$DATABASE_URL" \
            >/dev/null 2>"$work/migrate.log" || fail "$file: $(grep ERROR "$work/migrate.log")"
    done
}

# read_queries FOLDER: compiles the database crate against DATABASE_URL; its macros write what they learn.
read_queries() {
    local file=src-tauri/crates/database/src/lib.rs code=0
    mkdir -p "$1"
    # The macros run only when the crate is compiled; its age is put back, so that nothing else is built again.
    touch -r "$file" "$work/age"
    touch "$file"
    SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$1 cargo check --quiet -p neff-database || code=$?
    touch -r "$work/age" "$file"
    return "$code"
}

check_queries() {
    query_database
    local folder
    folder=$(query_folder)
    mkdir -p "$work/queries" "$work/none"
    read_queries "$work/queries"
    [[ -d $folder ]] || folder=$work/none
    diff -r -q "$folder" "$work/queries" || fail "run ./dev prepare and commit $folder"
}

test_phases() {
    local quick=$1 everyday
    everyday=$(everyday_postgres)
    phase "UI: pages" npm --prefix ui run test:pages --silent
    phase "UI: gallery" npm --prefix ui run test:gallery --silent
    phase "Building everything" cargo build --workspace --all-targets
    start_test_server "$everyday"
    if [[ $quick == no ]]; then
        local version bin
        for version in 13 18; do
            if bin=$(postgres_version "$version"); then
                start_test_server "$bin"
                phase "Rust: database, PostgreSQL $version" database_tests
            else
                phase "PostgreSQL $version cannot be fetched" false
            fi
        done
        start_test_server "$everyday"
    fi
    phase "Rust: all, PostgreSQL $(server_sql postgres <<<'SHOW server_version' | cut -d' ' -f1)" rust_tests
}

start_test_server() {
    if [[ -n ${server_watchdog:-} ]]; then stop_server; fi
    start_server "$1"
}

rust_tests() {
    local -x RUST_BACKTRACE=0
    if has cargo-nextest; then
        cargo nextest run --workspace --no-fail-fast
        cargo test --workspace --doc --quiet
    else
        cargo test --workspace --no-fail-fast
    fi
}

# Those that depend on the version of the server: not the window, nor what has no database.
database_tests() {
    local -x RUST_BACKTRACE=0
    if has cargo-nextest; then
        cargo nextest run --workspace --no-fail-fast -E '
            (package(neff-tests) or package(neff-database) or binary(/^(changes|inbox|connections)$/))
                and not binary(/^(window|window_schedule|popups|popup_preferences|faults)$/)'
    else
        local test names=()
        for test in tests/tests/*.rs; do
            case $(basename "$test" .rs) in
                window | window_schedule | popups | popup_preferences | faults) ;;
                *) names+=(--test "$(basename "$test" .rs)") ;;
            esac
        done
        cargo test --no-fail-fast -p neff-tests "${names[@]}"
        cargo test --no-fail-fast -p neff-database
        cargo test --no-fail-fast -p neff-office-core --test changes --test inbox --test connections
    fi
}
