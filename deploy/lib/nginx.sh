# shellcheck shell=bash
# nginx' files for one instance: `nginx_values`, then a function for each part that it has, then `write_nginx FOLDER`.
# They read `settings` and fill in `values` (fill.sh). The files of nginx/ itself belong to every instance, those of a
# folder below it to instances with the part of that name:
#
#   plain | tls [redirect]    how clients connect
#   socket | hosts            where the workers are
#   limits                    what one client may ask
#
# Besides what these functions set, `values` has to say:
#
#   nginxProcesses, and of each connections and openFiles; edgeMB edgeKeysMB, the edge cache and what names it
#   nginxUser   "user NAME;", or nothing where nginx is not started as root
#   pidFile, errorLog, accessLog   relative to nginx' prefix or absolute; accessLog with its format and buffer

declare -gA settings values
# The parts of this instance.
nginx_parts=()

# Seconds for the beginning of the rest of a file that broke off (ResumingBody).
longest_reopening=15

# An expression for UTF-8 (RFC 3629) without DEL and the control characters behind ASCII; nginx itself escapes those of
# ASCII. On bytes: PCRE takes whatever is no UTF-8 for an error where it is told to expect some. Final (*+), so that it fits
# the stack of PCRE's JIT (log.conf).
logged_text='^(?:[\x00-\x7e]++|\xc2[\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]'
logged_text+='|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}'
logged_text+='|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*+$'

# What every instance needs besides. Times lie in one row: a worker answers within total + 1 s, nginx waits for it 2 s
# longer, and those who wait for that answer 2 s more.
nginx_values() {
    local total=${settings[totalSeconds]} read_seconds=$longest_reopening
    nginx_parts=()
    # Between two pieces of a file an origin may be silent for as long as it may, or be asked for the rest once more.
    ((total <= read_seconds)) || read_seconds=$total
    ((settings[stallSeconds] <= read_seconds)) || read_seconds=${settings[stallSeconds]}
    values[cachedFiles]=$((values[openFiles] / 8))
    # What is only passed on to other regions' clients must not come to this disk.
    values[temporaryBytes]=8m
    [[ ${settings[relays]} == no ]] || values[temporaryBytes]=0
    values[region]=${settings[region]}
    values[readSeconds]=$((read_seconds + 3))
    values[lockSeconds]=$((total + 5))
    values[drainSeconds]=$drain_seconds
    values[loggedText]=$logged_text
    values[trustedProxies]=""
}

# --- How clients connect

# listen_everywhere PORT [WORD…]: the directives for a port of all addresses of the host.
listen_everywhere() {
    local port=$1 words=""
    shift
    if (($#)); then words=" $*"; fi
    printf 'listen %s%s backlog=4096;\n' "$port" "$words"
    [[ ! -e /proc/net/if_inet6 ]] || printf 'listen [::]:%s%s backlog=4096;\n' "$port" "$words"
}

# nginx_plain LISTEN: plain HTTP; the lines that listen_everywhere prints, or others.
nginx_plain() {
    nginx_parts+=(plain)
    values[listenLines]=$1
}

# nginx_tls PORT CERTIFICATE KEY: TLS and HTTP/2, with the PEM files of the certificate with its chain and of its key.
nginx_tls() {
    nginx_parts+=(tls)
    values[listenLines]=$(listen_everywhere "$1" ssl http2)
    values[certificate]=$2 values[key]=$3
}

# nginx_redirect PORT HTTPS_PORT FOLDER: a plain port that leads to the other, and answers what is asked of whoever wants
# a certificate from the files of FOLDER/.well-known/acme-challenge.
nginx_redirect() {
    nginx_parts+=(redirect)
    values[redirectLines]=$(listen_everywhere "$1")
    values[httpsPort]=""
    [[ $2 == 443 ]] || values[httpsPort]=:$2
    values[challenges]=$3
}

# nginx_proxies NETWORK…: what stands in front of nginx and tells the client's address in X-Forwarded-For; after
# nginx_values.
nginx_proxies() {
    local network
    values[trustedProxies]=$(
        for network in "$@"; do printf 'set_real_ip_from %s;\n' "$network"; done
        printf 'real_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n'
    )
}

# What one client may ask. Of no interest to the networks of `network.operations`.
nginx_limits() {
    nginx_parts+=(limits)
    # shellcheck disable=SC2086 # a list of networks
    values[unlimitedNetworks]=$([[ -z ${settings[operations]:-} ]] || printf '%s 0;\n' ${settings[operations]})
}

# --- Where the workers are

# nginx_socket PATH: a socket of this host.
nginx_socket() {
    nginx_parts+=(socket)
    values[socket]=$1
    values[secondWorkers]=workers-once-more values[regionWorkers]=workers-once-more
    values[keptConnections]=$(kept_connections 1)
}

# The worker hosts of the configuration.
nginx_hosts() {
    local hosts fronts
    read -ra hosts <<<"${settings[hosts]}"
    read -ra fronts <<<"${settings[fronts]:-}"
    nginx_parts+=(hosts)
    values[workerServers]=$(printf 'server %s max_fails=2 fail_timeout=5s;\n' "${hosts[@]}")
    values[otherWorkers]=$(others_of "${hosts[@]}")
    # shellcheck disable=SC2016 # nginx' variable
    values[secondWorkers]='$other_worker' values[regionWorkers]=workers-for-regions
    # shellcheck disable=SC2016,SC2086 # nginx' variable; a list of names
    values[customHosts]=$([[ -z ${settings[customHosts]:-} ]] || printf '"%s" $asked_host;\n' ${settings[customHosts]})
    values[keptConnections]=$(kept_connections "${#fronts[@]}")
}

# kept_connections FRONTS: so many hosts with nginx share what may be kept to one worker.
kept_connections() {
    local each=$((settings[slots] / 4 / values[nginxProcesses] / ($1 > 1 ? $1 : 1)))
    ((each < 1)) || printf 'keepalive %s;\n' "$each"
}

# Lines of a map: for each of the arguments the next one.
others_of() {
    local index
    for ((index = 1; index <= $#; index++)); do printf '"%s" "%s";\n' "${!index}" "${@:index % $# + 1:1}"; done
}

# --- The files

# Fills in nginx' files for this instance, into the folder $1, which is empty or not there yet.
write_nginx() {
    local folder=$1 file part
    mkdir -p "$folder"
    for file in "$repository"/nginx/*.conf; do fill_in_file "$file" >"$folder/${file##*/}"; done
    for part in "${nginx_parts[@]}"; do
        for file in "$repository/nginx/$part"/*.conf; do fill_in_file "$file" >"$folder/${file##*/}"; done
    done
    # shellcheck disable=SC2086 # lists of names, which are letters, digits and _
    {
        urls_with_names w ${settings[widthNames]} >"$folder/width-names.conf"
        urls_with_names d ${settings[pixelRatioNames]} >"$folder/pixel-ratio-names.conf"
    }
}

# Lines of a map (hints.conf): the value $1 for URLs that have one of the further arguments as n-NAME. Several lines, as
# nginx takes no word of more than 4 kB, and a name has up to 100 letters.
urls_with_names() {
    local value=$1 names names_a_line=30
    shift
    while (($#)); do
        names=$(IFS='|' && printf '%s' "${*:1:names_a_line}")
        printf '"~(?:tr[:=]|[,:]|(?i:%%2c|%%3a))n-(?:%s)(?!\\w)" %s;\n' "$names" "$value"
        shift $(($# < names_a_line ? $# : names_a_line))
    done
}
