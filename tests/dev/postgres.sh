# Private PostgreSQL servers for `./dev`. Sourced by `dev`; sets `server_port`.
# shellcheck shell=bash

# The programs of the everyday server: the newest that the system has installed.
everyday_postgres() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin \
        /usr/local/opt/postgresql@*/bin | grep -v '\*' | sort -V | tail -n 1)
    [[ -x $folder/initdb ]] || fail "no PostgreSQL server programs found"
    printf '%s\n' "$folder"
}

as_server() {
    if [[ $(id -u) == 0 ]]; then (cd / && runuser -u postgres -- env LC_ALL=C "$@"); else LC_ALL=C "$@"; fi
}

make_server_folder() {
    mkdir -p "$1"
    chmod 700 "$1"
    if [[ $(id -u) == 0 ]]; then chown postgres "$1"; fi
}

free_port() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# start_server BINARIES: a fresh server for this run of `dev`, in NEFF_TEST_POSTGRES; no passwords, no fsync.
start_server() {
    local bin=$1 folder
    folder=$(mktemp -d "${TMPDIR:-/tmp}/neff-server-XXXXXX")
    make_server_folder "$folder"
    as_server "$bin/initdb" --pgdata "$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
        --no-sync >"$work/initdb.log" 2>&1 || fail "initdb: $(tail -n 5 "$work/initdb.log")"
    launch "$bin" "$folder" "-c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=256MB -c max_prepared_transactions=20"
    watch_server "$bin" "$folder"
    export NEFF_TEST_POSTGRES=postgres://postgres@127.0.0.1:$server_port/postgres NEFF_POSTGRES_BIN=$bin
}

launch() {
    local bin=$1 folder=$2 options=$3 attempt
    for attempt in 1 2 3; do
        server_port=$(free_port)
        if as_server "$bin/pg_ctl" start --wait --timeout=60 --pgdata "$folder/data" --log "$folder/log" --options \
            "-p $server_port -c listen_addresses=127.0.0.1 -c unix_socket_directories= $options" >/dev/null 2>&1; then
            return
        fi
    done
    fail "PostgreSQL did not start: $(tail -n 5 "$folder/log")"
}

# Stops the server and removes it when this script ends, also when it is killed: the pipe it holds (9) closes then.
watch_server() {
    local bin=$1 folder=$2 pipe
    pipe=$(mktemp -u "$work/held-XXXXXX")
    mkfifo "$pipe"
    (
        trap '' INT TERM HUP
        cat "$pipe"
        cd /
        as_server "$bin/pg_ctl" stop --pgdata "$folder/data" --mode fast --timeout=30 ||
            as_server "$bin/pg_ctl" stop --pgdata "$folder/data" --mode immediate
        rm -rf "$folder"
    ) 9>&- >/dev/null 2>&1 &
    server_watchdog=$!
    exec 9>"$pipe"
}

stop_server() {
    exec 9>&-
    wait "$server_watchdog" || true
    server_watchdog=
}

# server_sql DATABASE <<<TEXT: runs what comes in, prints the answers without headers.
server_sql() {
    psql --no-psqlrc --quiet --tuples-only --no-align \
        --set=ON_ERROR_STOP=1 "postgres://postgres@127.0.0.1:$server_port/$1"
}
