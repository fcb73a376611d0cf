# shellcheck shell=bash
# The command line of deploy/region, as variables; what a release is asked for besides its configuration is in `asked`.

read_options() {
    command=install argument="" remote="" config="" environment="" certificate="" key=""
    is_dry_run=false dry_run_folder="" keeps_data=false removes_packages=false with_originals=false
    # Only what is named: an upgrade keeps what is not.
    declare -gA asked=()
    if (($#)) && [[ $1 != -* ]]; then
        command=$1
        shift
    elif (($# == 0)); then
        usage && exit 2
    fi
    check_command
    local -a named=()
    while (($#)); do
        if [[ $1 != -* && -z $argument ]] && takes_file; then
            argument=$1
            shift
            continue
        fi
        named+=("$1")
        case $1 in
            --help) usage && exit 0 ;;
            --dry-run) is_dry_run=true ;;
            --keep-data) keeps_data=true ;;
            --packages) removes_packages=true ;;
            --originals) with_originals=true ;;
            -*) read_option "$@" && shift ;;
            *) fail "$command has no use for '$1' (see --help)" ;;
        esac
        shift
    done
    check_use "${named[@]}"
    check_options
    if takes_file && [[ -z $argument ]]; then fail "$command needs a file (see --help)"; fi
}

check_command() {
    case $command in
        install | upgrade | rollback | status | uninstall | receive | activate | certify | put-back) ;;
        *) takes_file || fail "unknown command '$command' (see --help)" ;;
    esac
}

# Whether the command needs a file, before its options or after them.
takes_file() {
    [[ $command == bundle || $command == backup || $command == restore ]]
}

read_option() {
    local value
    value=$(option_value "$@") || exit 1
    case $1 in
        --host) remote=$value ;;
        --config) config=$(readable_file "$@") || exit 1 ;;
        --environment) environment=$(readable_file "$@") || exit 1 ;;
        --certificate) certificate=$(readable_file "$@") || exit 1 ;;
        --key) key=$(readable_file "$@") || exit 1 ;;
        --to) dry_run_folder=$value ;;
        --role) asked[role]=$value ;;
        --region | --port) asked[${1#--}]=$(unless_none "$value") ;;
        --certbot) asked[email]=$value ;;
        --name) asked[names]=$(unless_none "${asked[names]:+${asked[names]} }$value") ;;
        --proxies) asked[proxies]=$(unless_none "${value//,/ }") ;;
        *) fail "unknown option '$1' (see --help)" ;;
    esac
}

# What was named before stays as it is where an option is left out, so there is a word that takes it back.
unless_none() {
    [[ $1 == none ]] || printf '%s\n' "$1"
}

# The absolute path of an option's file.
readable_file() {
    [[ -r $2 && -f $2 ]] || fail "$1: cannot read '$2'"
    readlink -f -- "$2"
}

# An option that the command has no use for is a mistake.
check_use() {
    local name useful=""
    local how="--config --region --role --environment --certificate --key --certbot --name --port --proxies"
    case $command in
        install | upgrade) useful="--host $how --dry-run --to" ;;
        bundle) useful=$how ;;
        backup | restore) useful="--host --originals" ;;
        uninstall) useful="--host --keep-data --packages" ;;
        rollback | status) useful="--host" ;;
    esac
    for name in "$@"; do
        [[ " $useful " == *" $name "* ]] || fail "$name is not for $command (see --help)"
    done
}

check_options() {
    local name
    case ${asked[role]:-all} in
        all | front | worker | redis) ;;
        *) fail "--role takes all, front, worker or redis, not '${asked[role]}'" ;;
    esac
    if [[ -n ${asked[port]:-} ]] && { ! [[ ${asked[port]} =~ ^[1-9][0-9]{0,4}$ ]] || ((asked[port] > 65535)); }; then
        fail "--port takes a number from 1 to 65535, not '${asked[port]}'"
    fi
    # Browsers speak plain HTTP there.
    if [[ ${asked[port]:-} == 80 ]]; then fail "--port is for HTTPS, which cannot be on port 80"; fi
    if [[ -n $certificate && -z $key || -z $certificate && -n $key ]]; then fail "--certificate and --key go together"; fi
    if [[ -n $certificate && -n ${asked[email]:-} ]]; then fail "either --certificate or --certbot"; fi
    # What was certbot's is the owner's business from now on.
    if [[ -n $certificate ]]; then asked[email]=""; fi
    if [[ -n ${asked[email]:-} && ! ${asked[email]} =~ ^[^[:space:]@]+@[^[:space:]@]+$ ]]; then
        fail "--certbot takes your e-mail address, not '${asked[email]}'"
    fi
    if [[ -n ${asked[email]:-} && -n ${asked[port]:-} ]]; then fail "--certbot needs ports 80 and 443, so no --port"; fi
    for name in ${asked[names]:-}; do
        [[ $name =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || fail "--name takes a host name, not '$name'"
    done
    for name in ${asked[proxies]:-}; do
        is_network "$name" || fail "--proxies takes addresses and networks, as 10.0.0.0/8, not '$name'"
    done
    if [[ -n $dry_run_folder ]] && ! $is_dry_run; then fail "--to goes with --dry-run"; fi
    # A name that begins with a dash would be an option of ssh.
    if [[ $remote == -* ]]; then fail "--host takes a host, not '$remote'"; fi
}

# An address of IPv4 or IPv6, or a network of them, as nginx takes it.
is_network() {
    local address=${1%%/*} bits=0 byte='(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
    if [[ $1 == */* ]]; then bits=${1#*/}; fi
    [[ $bits =~ ^(0|[1-9][0-9]{0,2})$ ]] || return 1
    if [[ $address == *:* ]]; then
        is_ipv6 "$address" && ((bits <= 128))
    else
        [[ $address =~ ^$byte\.$byte\.$byte\.$byte$ ]] && ((bits <= 32))
    fi
}

# Eight groups of hexadecimal digits, or fewer with one "::" for those that are 0 (RFC 4291, section 2.2).
is_ipv6() {
    local groups='([0-9a-fA-F]{1,4}:)*[0-9a-fA-F]{1,4}' colons=${1//[!:]/}
    if [[ $1 == *::* ]]; then
        [[ $1 =~ ^($groups)?::($groups)?$ ]] && ((${#colons} <= 7))
    else
        [[ $1 =~ ^$groups$ ]] && ((${#colons} == 7))
    fi
}
