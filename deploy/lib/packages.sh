# shellcheck shell=bash
# Debian packages: only what is missing is installed, and no service of theirs is started.

# What text layers are set in: ImageKit's fonts or their nearest relatives, and letters for most of the world's scripts.
font_packages=(fonts-open-sans fonts-lato fonts-roboto-unhinted fonts-roboto-slab fonts-paratype fonts-oldstandard fonts-vollkorn
    fonts-lobster fonts-ebgaramond fonts-cabin fonts-cantarell fonts-play fonts-quicksand fonts-manrope fonts-liberation
    fonts-dejavu-core fonts-noto-core fonts-noto-color-emoji fonts-wqy-microhei)
# To build the program.
build_packages=(libvips-dev libfcgi-dev libhiredis-dev libcurl4-openssl-dev libpango1.0-dev libseccomp-dev pkg-config git)
# To build it and run it here.
# shellcheck disable=SC2034 # not of use to every script
run_packages=("${build_packages[@]}" nginx libnginx-mod-http-brotli-filter redis-server libheif1 libjemalloc2 curl ca-certificates
    iproute2 fontconfig "${font_packages[@]}")

# What a host needs to run a release, by role: libraries, no headers, no compiler. libvips loads HEIF and PDF when they are
# asked for; ldd does not show those, nor jemalloc, which render processes preload.
# `apus` itself, by which every role reads its configuration, and what the scripts call.
program_packages=(libfcgi0ldbl libhiredis0.14 libcurl4 ca-certificates iproute2 openssl)
front_packages=(nginx libnginx-mod-http-brotli-filter curl)
worker_packages=(libvips42 libheif1 libpoppler-glib8 libpangocairo-1.0-0
    libpangoft2-1.0-0 libseccomp2 libjemalloc2 fontconfig libfcgi-bin "${font_packages[@]}")
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

# Where install_packages notes, before anything is changed, the names of all that comes, with what Debian adds to them.
# Nowhere while it is empty.
packages_note=""

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
    apt_quietly update || fail "installing failed: there is no way to Debian's packages"
    if [[ -n $packages_note ]]; then packages_to_come "${missing[@]}" >>"$packages_note" || fail "installing failed"; fi
    without_services apt_quietly install --no-install-recommends "${missing[@]}" || fail "installing failed"
    disable_services "${missing[@]}"
}

# What apt-get says is of interest only when it fails.
apt_quietly() {
    local log
    log=$(mktemp)
    if ! DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y "$@" </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# The names, one a line, of all that is not there and would be installed with the named packages.
packages_to_come() {
    apt-get -s install --no-install-recommends "$@" </dev/null | awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }'
}

# The names, one a line, of all that would go with the named packages, or come in their place.
packages_to_go() {
    apt-get -s purge "$@" </dev/null | awk '$1 ~ /^(Inst|Remv|Purg)$/ { print $2 }' | sort -u
}

# Those of the named packages that are there, be it in part.
present_packages() {
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk '$2 !~ /^(not-installed|config-files)$/ { print $1 }' | sort -u || true
}

# Where Debian asks whether a service may be started, and the line by which ours is known.
policy_file=/usr/sbin/policy-rc.d
policy_mark="# Put here by Apus while it installs packages."

# Runs a command while Debian is told not to start services: nginx' and Redis' packages would take ports 80 and 6379.
# A policy that stood there before comes back afterwards, also when the command fails.
without_services() (
    draft=$policy_file.apus
    restore_policy
    trap restore_policy EXIT
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$draft" && chmod 755 "$draft" || exit 1
    if [[ -e $policy_file ]]; then mv "$policy_file" "$policy_file.before-apus" || exit 1; fi
    mv "$draft" "$policy_file" && "$@"
)

# Takes our policy away, also one of a run that was killed, and puts the owner's back.
restore_policy() {
    local aside=$policy_file.before-apus
    if grep -qsxF "$policy_mark" "$policy_file"; then rm -f "$policy_file"; fi
    if [[ -e $aside && ! -e $policy_file ]]; then mv "$aside" "$policy_file"; fi
    rm -f "$policy_file.apus"
}

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
