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
    read_argument "$@"
    ((${argument:+1} + 0)) && shift
    while (($#)); do
        case $1 in
            --help) usage && exit 0 ;;
            --dry-run) is_dry_run=true ;;
            --keep-data) keeps_data=true ;;
            --packages) removes_packages=true ;;
            --originals) with_originals=true ;;
            *) read_option "$@" && shift ;;
        esac
        shift
    done
    check_options
}

# The file that some commands need.
read_argument() {
    case $command in
        install | upgrade | rollback | status | uninstall | receive | activate | certify | put-back) ;;
        bundle | backup | restore)
            [[ ${1:-} != --help ]] || { usage && exit 0; }
            [[ -n ${1:-} && $1 != --* ]] || fail "$command needs a file (see --help)"
            argument=$1
            ;;
        *) fail "unknown command '$command' (see --help)" ;;
    esac
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
        --region | --role | --port) asked[${1#--}]=$value ;;
        --certbot) asked[email]=$value ;;
        --name) asked[names]="${asked[names]:+${asked[names]} }$value" ;;
        --proxies) asked[proxies]=${value//,/ } ;;
        *) fail "unknown option '$1' (see --help)" ;;
    esac
}

# The absolute path of an option's file.
readable_file() {
    [[ -r $2 && -f $2 ]] || fail "$1: cannot read '$2'"
    readlink -f -- "$2"
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
        [[ $name =~ ^[0-9a-fA-F:.]+(/[0-9]{1,3})?$ ]] || fail "--proxies takes addresses and networks, not '$name'"
    done
    if [[ -n $dry_run_folder ]] && ! $is_dry_run; then fail "--to goes with --dry-run"; fi
    # A name that begins with a dash would be an option of ssh.
    if [[ $remote == -* ]]; then fail "--host takes a host, not '$remote'"; fi
}
