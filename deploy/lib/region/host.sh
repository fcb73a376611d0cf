# shellcheck shell=bash
# What a host has to be before anything on it is touched.

# Free megabytes that an installation needs: packages, three releases, some room for caches and logs.
least_free_mb=2500
least_free_mb_with_packages=600

require_root() {
    ((EUID == 0)) || fail "needs root: call it with sudo, or name another host with --host"
}

# What can be told of a host before a release is there.
require_system() {
    local ID="" VERSION_ID="" PRETTY_NAME="an unknown system"
    if [[ -r $root/etc/os-release ]]; then
        # shellcheck source=/dev/null
        source "$root/etc/os-release"
    fi
    [[ $ID == debian && $VERSION_ID == 12 ]] || fail "the host runs $PRETTY_NAME; a region needs Debian 12"
    [[ $(uname -m) == x86_64 || $(uname -m) == aarch64 ]] || fail "the host is a $(uname -m); a region needs 64 bits"
    [[ -d /run/systemd/system ]] || fail "the host does not run systemd, which keeps a region's services"
}

require_processor() {
    "$program" --help >/dev/null 2>&1 || [[ $(program_machine) == "$(uname -m)" ]] ||
        fail "the program of this release is for another processor ($(program_machine), the host is $(uname -m))"
}

# A user of this name who is somebody else would own the region's files, and go with it.
require_own_user() {
    if getent passwd apus >/dev/null; then
        is_own_user || fail "the host has a user apus who is not a region's; a region needs that name"
    elif getent group apus >/dev/null; then
        fail "the host has a group apus that is not a region's; a region needs that name"
    fi
}

# As sysusers.conf makes it.
is_own_user() {
    local -a fields
    IFS=: read -ra fields < <(getent passwd apus) || return 1
    ((fields[2] < 1000)) && [[ ${fields[5]} == /nonexistent && ${fields[6]} == /usr/sbin/nologin ]]
}

# The ELF header's machine (two bytes at offset 18).
program_machine() {
    case $(od -An -tx2 -j18 -N2 "$program" | tr -d ' ') in
        003e) echo x86_64 ;;
        00b7) echo aarch64 ;;
        *) echo unknown ;;
    esac
}

require_space() {
    local folder free least=$least_free_mb
    [[ -z $(missing_packages "${needed_packages[@]}") ]] && least=$least_free_mb_with_packages
    for folder in /opt /var; do
        free=$(df --output=avail -BM "$root$folder" | tail -n 1 | tr -dc '0-9')
        ((free >= least)) || fail "$folder has $free MB free, and $least MB are needed"
    done
}

# The public ports must be free, unless our own nginx has them.
require_ports() {
    local number owner
    runs_nginx || return 0
    for number in $(public_ports); do
        owner=$(ss -Hltnp "sport = :$number" | grep -o 'users:(("[^"]*",pid=[0-9]*' | head -n 1) || true
        [[ -n $owner ]] || continue
        if [[ $(systemctl show -P MainPID apus-nginx.service) != 0 ]] && is_of_our_nginx "${owner##*pid=}"; then continue; fi
        owner=${owner#*'("'}
        fail "port $number is taken by ${owner%%'"'*}; stop that, or choose another with --port"
    done
}

is_of_our_nginx() {
    grep -q apus-nginx.service "/proc/$1/cgroup" 2>/dev/null
}

public_ports() {
    if [[ -n ${wanted[port]} ]]; then
        echo "${wanted[port]}"
    else
        echo "80 443"
    fi
}
