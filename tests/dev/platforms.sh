# `./dev platforms`: does it compile for Windows and macOS? Nothing of it is run. Sourced by `dev`.
# shellcheck shell=bash
#
# A rustup toolchain that has the target, or a Mac for macOS, builds in the normal way. Without one, Debian's `rustc-web`
# builds the standard library too, from Debian's copy of its source; that takes an unstable flag of cargo's, and so
# RUSTC_BOOTSTRAP=1. NEFF_PLATFORMS_DEBIAN=1 goes that way in any case. Windows is linked, by Debian's mingw. For macOS
# there is no SDK here, so that its Rust is only type-checked; the C of its dependencies is compiled by zig, which brings
# Apple's C headers.

windows_target=x86_64-pc-windows-gnu
mac_target=aarch64-apple-darwin
zig_version=0.15.2
platform_crates="-p neff-office -p neff-cli"

packages_windows="gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix"
packages_cross="rustc-web cargo-web rust-web-src"

command_platforms() {
    export CARGO_TARGET_DIR=${NEFF_PLATFORMS_TARGET_DIR:-$cache/target-platforms}
    # How many at a time: the others on this computer want to work as well.
    export CARGO_BUILD_JOBS=${CARGO_BUILD_JOBS:-2}
    install_for_platforms
    phase "Window's pages" build_ui
    if is_mac && ! has_target "$windows_target"; then
        say "Not built for Windows: rustup target add $windows_target; brew install mingw-w64"
    else
        phase "Windows: neff-office.exe and neff.exe" build_windows
        local program
        for program in "$CARGO_TARGET_DIR/$windows_target/debug"/neff{-office,}.exe; do
            ((failed)) || phases+=("  $(du -m "$program" | cut -f1) MB  $program")
        done
    fi
    phase "macOS: $(is_mac && echo build || echo types only)" check_mac
    phases+=("  Compiled, not run: what these programs do on those systems is not tested here.")
    summary
}

# has_target NAME: does the toolchain on the PATH have this target's standard library?
has_target() {
    [[ -z ${NEFF_PLATFORMS_DEBIAN:-} ]] || return 1
    local folder
    folder=$(rustc --print sysroot)/lib/rustlib/$1/lib
    [[ -n $(find "$folder" -name 'libstd-*.rlib' -print -quit 2>/dev/null) ]]
}

install_for_platforms() {
    need_rust_and_node
    if ! is_mac; then
        local list="build-essential pkg-config $packages_windows"
        has_target "$windows_target" && has_target "$mac_target" || list+=" $packages_cross"
        has_zig || list+=" python3 python3-pip"
        # shellcheck disable=SC2086 # one word a package
        install_with_apt $list
        has_zig || install_zig
    fi
    if [[ ! -d ui/node_modules || ui/package-lock.json -nt ui/node_modules/.package-lock.json ]]; then
        say "Installing the window's packages (npm ci)"
        npm --prefix ui ci --no-audit --no-fund --loglevel=error
    fi
}

has_zig() { [[ -x $cache/tools/zig-$zig_version/ziglang/zig ]]; }

install_zig() {
    [[ -z ${NEFF_NO_INSTALL:-} ]] || fail "zig is missing: python3 -m pip install ziglang==$zig_version"
    say "Installing zig $zig_version with pip, into $cache/tools"
    rm -rf "$work/zig"
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --root-user-action=ignore \
        --target "$work/zig" "ziglang==$zig_version"
    mkdir -p "$cache/tools"
    rm -rf "$cache/tools/zig-$zig_version"
    mv "$work/zig" "$cache/tools/zig-$zig_version"
}

# cargo_for TARGET ARGUMENTS…: the normal cargo where it can, Debian's with a standard library of our own where not.
cargo_for() {
    local target=$1
    shift
    if has_target "$target"; then
        cargo "$@" --target "$target"
    else
        RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc \
            /usr/bin/cargo "$@" --target "$target" -Zbuild-std=std,panic_abort
    fi
}

build_windows() {
    local gcc=x86_64-w64-mingw32
    if has $gcc-gcc-posix; then
        # Debian has mingw twice; Rust's standard library and C++ want the one with POSIX threads.
        export CC_x86_64_pc_windows_gnu=$gcc-gcc-posix CXX_x86_64_pc_windows_gnu=$gcc-g++-posix
        export AR_x86_64_pc_windows_gnu=$gcc-gcc-ar-posix CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$gcc-gcc-posix
    fi
    # shellcheck disable=SC2086
    cargo_for $windows_target build $platform_crates
}

check_mac() {
    if is_mac; then
        # shellcheck disable=SC2086
        cargo build $platform_crates
        return
    fi
    local tools=$CARGO_TARGET_DIR/mac-tools
    write_mac_tools "$tools"
    # SDKROOT: else build scripts ask xcrun for it.
    export SDKROOT=$tools/sdk CC_aarch64_apple_darwin=$tools/cc CXX_aarch64_apple_darwin=$tools/c++
    export AR_aarch64_apple_darwin=$tools/ar RANLIB_aarch64_apple_darwin=$tools/ranlib
    # shellcheck disable=SC2086
    cargo_for $mac_target check $platform_crates
}

# write_mac_tools FOLDER: compilers for macOS. They are given clang's arguments, some of which zig names differently,
# and make an empty object of what needs Apple's frameworks, which are not here: Objective-C, and SQLCipher.
write_mac_tools() {
    mkdir -p "$1/sdk"
    local zig=$cache/tools/zig-$zig_version/ziglang/zig name
    for name in cc c++; do
        cat >"$1/$name" <<TOOL
#!/usr/bin/env bash
arguments=() skip=no
for argument in "\$@"; do
    if [[ \$skip == yes ]]; then skip=no; continue; fi
    case \$argument in
        -arch | -isysroot | -target) skip=yes ;;
        --target=* | -mmacosx-version-min=* | -mmacos-version-min=* | -fobjc-* | -fmodules*) ;;
        *.m | *.mm | *sqlcipher/sqlite3.c) arguments+=("$1/empty.c") ;;
        *) arguments+=("\$argument") ;;
    esac
done
exec "$zig" $name -target aarch64-macos -Wno-unused-command-line-argument "\${arguments[@]}"
TOOL
    done
    : >"$1/empty.c"
    for name in ar ranlib; do
        printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$zig" "$name" >"$1/$name"
    done
    chmod +x "$1"/{cc,c++,ar,ranlib}
}
