# shellcheck shell=bash
# Debian packages: only what is missing is installed, and no service of theirs is started.

# What text layers are set in: ImageKit's fonts or their nearest relatives, and letters for most of the world's scripts.
font_packages=(fonts-open-sans fonts-lato fonts-roboto-unhinted fonts-roboto-slab fonts-paratype fonts-oldstandard fonts-vollkorn
    fonts-lobster fonts-ebgaramond fonts-cabin fonts-cantarell fonts-play fonts-quicksand fonts-manrope fonts-liberation
    fonts-dejavu-core fonts-noto-core fonts-noto-color-emoji fonts-wqy-microhei)
# To build the program.
build_packages=(libvips-dev libfcgi-dev libhiredis-dev libcurl4-openssl-dev libpango1.0-dev pkg-config git)
# To build it and run it here.
# shellcheck disable=SC2034 # not of use to every script
run_packages=("${build_packages[@]}" nginx libnginx-mod-http-brotli-filter redis-server libheif1 libjemalloc2 curl ca-certificates
    iproute2 fontconfig "${font_packages[@]}")

# What a host needs to run a release, by role: libraries, no headers, no compiler. libvips loads HEIF and PDF when they are
# asked for; ldd does not show those, nor jemalloc, which render processes preload.
# `apus` itself, by which every role reads its configuration.
program_packages=(libfcgi0ldbl libhiredis0.14 libcurl4 ca-certificates)
front_packages=(nginx libnginx-mod-http-brotli-filter curl openssl)
worker_packages=(libvips42 libheif1 libpoppler-glib8 libpangocairo-1.0-0
    libpangoft2-1.0-0 libjemalloc2 fontconfig libfcgi-bin "${font_packages[@]}")
redis_packages=(redis-server)

# Prints the packages of a role, one a line: front, worker, redis, or all.
host_packages() {
    printf '%s\n' "${program_packages[@]}"
    case $1 in
        front) printf '%s\n' "${front_packages[@]}" ;;
        worker) printf '%s\n' "${worker_packages[@]}" ;;
        redis) printf '%s\n' "${redis_packages[@]}" ;;
        all) printf '%s\n' "${front_packages[@]}" "${worker_packages[@]}" "${redis_packages[@]}" ;;
        *) fail "no such role: '$1'" ;;
    esac
}

missing_packages() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
    done
}

# Installs what is missing of the named packages. Needs root only then.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        fail "missing Debian packages; as root:
    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "installing Debian packages: ${missing[*]}"
    without_services install_quietly "${missing[@]}" || fail "installing failed"
    disable_services "${missing[@]}"
}

install_quietly() {
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -o DPkg::Lock::Timeout=300 -y --no-install-recommends "$@"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# Runs a command while Debian is told not to start services: nginx' and Redis' packages would take ports 80 and 6379.
# A policy that stood there before comes back afterwards, also when the command fails.
without_services() (
    policy=/usr/sbin/policy-rc.d
    aside=$policy.before-apus
    # What lies aside already is the older one: a run before this was killed.
    if [[ -e $policy && ! -e $aside ]]; then mv "$policy" "$aside"; fi
    restore() {
        rm -f "$policy"
        if [[ -e $aside ]]; then mv "$aside" "$policy"; fi
    }
    trap restore EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    "$@"
)

# What was installed just now for its program alone shall not start at the next boot either.
disable_services() {
    local package
    for package in "$@"; do
        case $package in
            nginx | redis-server | gdnsd | pdns-server)
                # PowerDNS' service is called pdns.
                if command -v systemctl >/dev/null; then
                    systemctl disable --quiet "${package/pdns-server/pdns}" 2>/dev/null || true
                fi
                say "$package was installed for its program; its system service is neither started nor enabled"
                ;;
        esac
    done
}
