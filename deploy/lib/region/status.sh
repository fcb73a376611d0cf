# shellcheck shell=bash
# shellcheck disable=SC2154 # set_layout sets the paths
# One screen that tells how a region is on this host. What cannot be found out is said to be so; nothing here changes
# anything, and nothing waits for long.

# Lines of the access log that shares are counted in.
status_log_lines=10000
# Seconds for each question, and for the size of the edge cache.
status_patience=5
# Days before its end from which a certificate is worth a warning.
certificate_warning_days=14
# Other regions that are shown one by one.
status_regions=10
status_width=80

# Prints the screen; fails if anything on it is marked by a "!".
show_status() {
    # Known to the functions below.
    local release="" before="" metrics="" doubts=0
    release=$(release_of "$current") || release=""
    before=$(release_of "$previous") || before=""
    if [[ -z $release ]]; then
        say "no release is installed on this host"
        return 1
    fi
    read_wanted "$releases/$release/deploy/settings"
    read_status_settings
    status_line release "$release${before:+, before it $before}"
    status_line role "${wanted[role]}${wanted[region]:+, region ${wanted[region]}}"
    status_line versions "$(tell_versions)"
    tell_ready
    tell_units
    # Of this host: nginx may ask another.
    if runs_workers; then metrics=$(ask_workers metrics || ask_operation metrics) || metrics=""; fi
    tell_machine
    tell_parts
    tell_shares
    if runs_nginx; then tell_certificate_end; fi
    tell_other_regions
    if ((doubts)); then
        status_line "" "look at the lines with a \"!\""
        return 1
    fi
    status_line "" "all is well"
}

# What the configuration says, where the caller may read it; nothing is told of it elsewhere.
read_status_settings() {
    local key value
    declare -gA settings=()
    while IFS='=' read -r key value; do
        if [[ -n $key ]]; then settings[$key]=$value; fi
    done < <(
        repository=$releases/$release
        load_environment "$repository/deploy/environment"
        region_option
        timeout "$status_patience" "$repository/bin/apus" check --settings "$repository/deploy/apus.yaml" \
            "${region_option[@]}" 2>/dev/null
    )
}

# One line: a word, then what there is to say about it.
status_line() {
    local mark=" "
    if [[ ${3:-} == doubtful ]]; then mark="!"; fi
    printf '%s %-12s %s\n' "$mark" "$1" "$2" | cut -c "-$status_width"
}

# The same for what somebody should look at.
status_doubt() {
    doubts=$((doubts + 1))
    status_line "$1" "$2" doubtful
}

# --- What is installed

# In role all it depends on the configuration, and shows by its unit.
has_redis() { [[ -e $root/etc/systemd/system/apus-redis.service ]]; }

# The first thing that expression $2 (extended, with one group) finds in file $1.
found_in() {
    sed -nE "s~.*$2.*~\\1~p;T;q" "$1" 2>/dev/null || true
}

tell_versions() {
    local package version name said=""
    while read -r package version; do
        # 5:7.0.15-1~deb12u10 is 7.0.15.
        version=${version#*:}
        version=${version%%[-+]*}
        case $package in
            nginx) name=nginx ;;
            redis-server) name=Redis ;;
            *) name=libvips ;;
        esac
        said+="${said:+, }$name $version"
    done < <(dpkg-query -W -f '${Package} ${Version}\n' nginx redis-server libvips42 2>/dev/null)
    printf '%s\n' "${said:-versions unknown}"
}

# --- How it is

# Asks the program what /_apus/$1 says: through nginx as clients do, else as nginx does.
ask_operation() {
    if runs_nginx; then
        curl --noproxy '*' --insecure --fail --silent --max-time "$status_patience" \
            "https://127.0.0.1:${wanted[port]:-443}/_apus/$1" 2>/dev/null
    else
        ask_workers "$1"
    fi
}

# The answer of a worker begins with its headers, and with a status line where it is not 200.
ask_workers() {
    local answer address
    address=$(found_in "$root/etc/systemd/system/apus.socket" '^ListenStream=(.+)')
    command -v cgi-fcgi >/dev/null || return 1
    answer=$(REQUEST_METHOD=GET REQUEST_URI=/_apus/$1 HTTP_HOST=localhost REMOTE_ADDR=127.0.0.1 \
        timeout "$status_patience" cgi-fcgi -bind -connect "$address" 2>/dev/null | tr -d '\r') || return 1
    [[ $answer == *$'\n\n'* && ! ${answer%%$'\n\n'*} =~ Status:\ [345] ]] || return 1
    printf '%s\n' "${answer#*$'\n\n'}"
}

tell_ready() {
    if [[ ${wanted[role]} == redis ]]; then
        if [[ $(ask_redis ping) == PONG ]]; then
            status_line ready "Redis answers"
        else
            status_doubt ready "NO: Redis does not answer"
        fi
    elif [[ $(ask_operation ready) == ready ]]; then
        status_line ready "yes, pictures are made"
    else
        status_doubt ready "NO: /_apus/ready does not say so; see: journalctl -u 'apus*'"
    fi
}

tell_units() {
    local unit
    local -a units=()
    if runs_workers; then units+=(apus.socket "apus@$release.service"); fi
    if has_redis; then units+=(apus-redis.service); fi
    if runs_nginx; then units+=(apus-nginx.service); fi
    for unit in "${units[@]}"; do tell_unit "$unit"; done
    # Of an upgrade that is at work, or was broken off.
    while read -r unit; do
        [[ $unit == "apus@$release.service" ]] || status_doubt "another" "${unit%.service} runs, too"
    done < <(runs_workers && systemctl list-units --plain --no-legend --state=active,activating 'apus@*.service' \
        2>/dev/null | awk '{ print $1 }')
}

tell_unit() {
    local unit=$1 name said key value
    local -A facts=()
    while IFS='=' read -r key value; do facts[$key]=$value; done < <(systemctl show "$unit" \
        -p ActiveState -p StatusText -p ActiveEnterTimestamp -p NRestarts -p MemoryCurrent 2>/dev/null)
    name=${unit%.service}
    said=${facts[ActiveState]:-unknown}
    if [[ $unit == apus@* && -n ${facts[StatusText]:-} ]]; then said=${facts[StatusText]}; fi
    if [[ ${facts[ActiveState]:-} == active ]]; then said+=" since ${facts[ActiveEnterTimestamp]:9:11}"; fi
    if [[ ${facts[NRestarts]:-0} != 0 ]]; then said+=", ${facts[NRestarts]} restarts"; fi
    if [[ ${facts[MemoryCurrent]:-} =~ ^[0-9]{1,15}$ ]]; then
        said+=", $(in_gigabytes "$((facts[MemoryCurrent] / 1048576))")"
    fi
    if [[ ${facts[ActiveState]:-} == active ]]; then
        status_line "${name%%@*}" "$said"
    else
        status_doubt "${name%%@*}" "$said; see: journalctl -u $unit"
    fi
}

# --- How large it was made, and how full it is

tell_machine() {
    local cpus memory disk
    cpus=${APUS_HOST_CPUS:-$(granted_cpus)}
    memory=${APUS_HOST_MEMORY_MB:-$(granted_memory)}
    disk=${APUS_HOST_DISK_MB:-$(df --output=avail -BM "$root/var" 2>/dev/null | tail -n 1 | tr -dc '0-9')} || disk=0
    status_line host "$cpus CPUs, $(in_gigabytes "$memory") of memory, $(in_gigabytes "${disk:-0}") free on the disk"
}

tell_parts() {
    if runs_workers; then
        tell_worker_sizes
        tell_store
    fi
    if has_redis; then tell_redis; elif runs_workers; then tell_other_redis; fi
    if runs_nginx; then tell_front; fi
}

tell_worker_sizes() {
    local unit=$root/etc/systemd/system/apus@.service processes renders
    processes=$(found_in "$unit" '--default-workers ([0-9]+)')
    renders=$(found_in "$unit" '--default-renders ([0-9]+)')
    status_line workers "${processes:-?} processes, ${renders:-?} renders, up to $(limit_of apus@.service); \
$(limit_of apus-workers.slice) in an upgrade"
}

# What a unit may use of the memory.
limit_of() {
    local limit
    limit=$(found_in "$root/etc/systemd/system/$1" '^MemoryMax=([0-9]+)M')
    if [[ -n $limit ]]; then in_gigabytes "$limit"; else echo "an unknown amount"; fi
}

# The value of a metric without labels, as whole megabytes.
metric_megabytes() {
    awk -v name="$1" '$1 == name { printf "%d\n", $2 / 1048576; exit }' <<<"$metrics"
}

tell_store() {
    local used limit
    used=$(metric_megabytes apus_store_bytes)
    limit=$(metric_megabytes apus_store_limit_bytes)
    if workers_have_lost store; then
        status_doubt store "the workers do not reach it; see: journalctl -u 'apus@*'"
    elif [[ -z $used ]]; then
        status_line store "unknown, as no worker tells"
    elif ((limit)); then
        status_line store "$(share_of "$used" "$limit")"
    else
        status_line store "a bucket, or a folder without a limit"
    fi
}

# Whether the last word of the workers' log on $1 (redis or store) is that it is away: they write it down when it goes
# and when it comes back. Of the run of now, as the next one finds out for itself.
workers_have_lost() {
    local run word
    run=$(systemctl show -P InvocationID "apus@$release.service" 2>/dev/null) || return 1
    [[ $run =~ ^[0-9a-f]{32}$ ]] || return 1
    word=$(timeout "$status_patience" journalctl -q -o cat -r -n 1 "_SYSTEMD_INVOCATION_ID=$run" \
        --grep "\"event\":\"$1(Away|GivenUp|Back)" 2>/dev/null) || return 1
    [[ -n $word && $word != *"\"$1Back"* ]]
}

share_of() {
    printf '%s of %s used (%s %%)\n' "$(in_gigabytes "$1")" "$(in_gigabytes "$2")" "$(($2 ? $1 * 100 / $2 : 0))"
}

ask_redis() {
    local password
    password=$(found_in "$root/etc/apus/redis.conf" '^requirepass (.+)')
    REDISCLI_AUTH=$password timeout "$status_patience" redis-cli -s "$root/run/apus-redis/redis.sock" "$@" 2>/dev/null
}

tell_redis() {
    local facts used limit evicted
    facts=$(ask_redis info all | tr -d '\r') || facts=""
    used=$(sed -n 's/^used_memory://p' <<<"$facts")
    limit=$(sed -n 's/^maxmemory://p' <<<"$facts")
    evicted=$(sed -n 's/^evicted_keys://p' <<<"$facts")
    if [[ $used =~ ^[0-9]+$ && $limit =~ ^[0-9]+$ ]]; then
        status_line redis "$(share_of "$((used / 1048576))" "$((limit / 1048576))"), ${evicted:-0} evicted, \
up to $(limit_of apus-redis.service)"
    else
        status_doubt redis "does not answer; up to $(limit_of apus-redis.service)"
    fi
}

# One elsewhere.
tell_other_redis() {
    [[ -n ${settings[redisUrl]:-} ]] || return 0
    if workers_have_lost redis; then
        status_doubt redis "the workers do not reach ${settings[redisUrl]}"
    else
        status_line redis "elsewhere: ${settings[redisUrl]}"
    fi
}

tell_front() {
    local configuration=$root/etc/apus/nginx/nginx.conf processes connections limit used
    processes=$(found_in "$configuration" '^worker_processes ([0-9]+)')
    connections=$(found_in "$configuration" 'worker_connections ([0-9]+)')
    limit=$(found_in "$configuration" 'max_size=([0-9]+)m')
    status_line nginx "${processes:-?} processes of ${connections:-?} connections, up to $(limit_of apus-nginx.service)"
    used=$(timeout "$status_patience" du -sxm -- "$root/var/cache/apus/edge" 2>/dev/null | cut -f 1) || used=""
    if [[ -n $used && -n $limit ]]; then
        status_line "edge cache" "$(share_of "$used" "$limit")"
    else
        status_line "edge cache" "$(in_gigabytes "${limit:-0}"); what it holds cannot be counted now"
    fi
}

# --- Who answered

tell_shares() {
    local log=$root/var/log/apus/access.log
    if runs_nginx && [[ -r $log ]]; then
        count_shares answers "of the last" < <(tail -n "$status_log_lines" "$log" | grep -v '"uri":"/_apus/' |
            sed -nE 's/.*"status":([0-9]).*"answeredBy":"([^"]*)".*/\1xx \2/p' |
            awk '{ print $2 ? $2 : "none", $1, 1 }')
    elif runs_nginx; then
        status_line answers "unknown, as $log cannot be read"
    fi
    if runs_workers; then
        count_shares workers\' "of the workers'" < <(
            sed -nE 's/^apus_answers_total\{status="([^"]*)",tier="([^"]*)"\} (.*)/\2 \1 \3/p' <<<"$metrics"
        )
    fi
}

# Lines of tier, kind of status and number become shares of all. `none`: errors, and "not modified".
count_shares() {
    local shares failures
    {
        read -r shares || true
        read -r failures || true
    } < <(awk -v of="$2" '
        { all += $3; tier[$1] += $3; if ($2 == "5xx") failed += $3 }
        END {
            if (!all) exit
            count = split("edge redis store render origin region none", order, " ")
            for (i = 1; i <= count; i++)
                if (tier[order[i]] > 0) line = line sprintf("%s %.0f%% ", order[i], tier[order[i]] * 100 / all)
            printf "%s\n%.1f%% %s %d answers are 5xx\n", line, failed * 100 / all, of, all
        }')
    status_line "$1" "${shares:-none so far}"
    if [[ -n $failures ]]; then status_line "" "$failures"; fi
}

# --- Certificate and other regions

tell_certificate_end() {
    local file=$tls_folder/certificate.pem end days said is_good=true
    if ! end=$(end_of_certificate "$file"); then
        status_doubt certificate "cannot be read: $file"
        return
    fi
    days=$(((end - $(date +%s)) / 86400))
    said="ends in $days days, on $(date -ud "@$end" +%Y-%m-%d)"
    if ((days < certificate_warning_days)); then is_good=false; fi
    if is_self_signed "$file"; then
        said+=", self-signed: no client trusts it"
        is_good=false
    elif ! is_for_a_name "$file"; then
        said+=", for none of the region's names"
        is_good=false
    fi
    if $is_good; then status_line certificate "$said"; else status_doubt certificate "$said"; fi
    if is_of_certbot "$file" && ! systemctl is-active --quiet certbot.timer; then
        status_doubt renewal "certbot.timer does not run: systemctl enable --now certbot.timer"
    fi
}

# Whether one of the region's names, where any is known, is in the certificate $1.
is_for_a_name() {
    local name
    local -a names=()
    mapfile -t names < <(certificate_names)
    ((${#names[@]})) || return 0
    for name in "${names[@]}"; do
        if is_for_name "$1" "$name"; then return; fi
    done
    return 1
}

tell_other_regions() {
    local name up heard differs count=0
    runs_workers || return 0
    while read -r name up heard differs; do
        count=$((count + 1))
        ((count <= status_regions)) || continue
        if [[ $up == 1 && $differs == 0 ]]; then
            status_line "${name:0:12}" "up, its news are $heard s old"
        elif [[ $up == 1 ]]; then
            status_doubt "${name:0:12}" "up, its news are $heard s old; it runs another configuration"
        else
            status_doubt "${name:0:12}" "DOWN as seen from here, its news are $heard s old"
        fi
    done < <(awk -F '[{}" ]+' '
        /^apus_region_(up|heard_seconds|other_configuration)\{/ { value[$1, $3] = $NF; names[$3] }
        END {
            for (name in names)
                printf "%s %d %d %d\n", name, value["apus_region_up", name], value["apus_region_heard_seconds", name],
                    value["apus_region_other_configuration", name]
        }' <<<"$metrics" | sort)
    if ((count > status_regions)); then status_line "" "and $((count - status_regions)) regions more"; fi
    if grep -q '^apus_region_confirmed 0' <<<"$metrics" && ((count)); then
        status_doubt purges "of other regions are not known: answers are marked x-apus-stale"
    fi
}
