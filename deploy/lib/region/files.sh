# shellcheck shell=bash
# The files of a region on its host, from the templates of its release. Only what differs is written.

# Writes standard input to the file $1 (below `root`) with mode $2 and owner $3, in one step, and notes it in `changed`.
put_file() {
    local path=$root$1 mode=$2 owner=$3 draft
    mkdir -p -- "$(dirname -- "$path")"
    # Nobody reads a draft that was left behind, in whatever folder of Debian's it lies.
    draft=$(mktemp -- "$(dirname -- "$path")/.apus.XXXXXX")
    cat >"$draft"
    if cmp -s -- "$draft" "$path" && [[ $(stat -c %a -- "$path") == "${mode#0}" ]]; then
        rm -f -- "$draft"
        return
    fi
    chmod "$mode" -- "$draft"
    if [[ -z $root ]]; then chown "$owner" -- "$draft"; fi
    # Noted first: whoever reads the file has to be told, also when this run is broken off.
    note_change "$1"
    mv -T -- "$draft" "$path"
}

note_change() {
    changed+=("$1")
    if [[ -z $root ]]; then printf '%s\n' "$1" >>"$pending_file"; fi
}

# Fills in a template of deploy/host and puts it where its first line says that it goes.
put_template() {
    local template=$repository/deploy/host/$1 mode=${2:-644} owner=${3:-root:root} goal text
    goal=$(sed -n 's/^# Goes to \(.*\)\.$/\1/p;T;q' "$template")
    [[ -n $goal ]] || fail "the first line of $template does not say where it goes"
    # No pipe: what a part of one notes in `changed` is lost with it.
    text=$(fill_in_file "$template") || exit 1
    put_file "$goal" "$mode" "$owner" <<<"$text"
}

# All files of this release. Nothing runs yet by what is written here.
write_files() {
    write_host_files
    if runs_redis; then write_redis_files; fi
    if runs_workers; then write_worker_files; fi
    if runs_nginx; then write_front_files; fi
}

write_host_files() {
    put_template sysusers.conf
    put_template tmpfiles.conf
    put_template sysctl.conf
}

write_redis_files() {
    put_template apus-redis.service
    put_template redis.conf 640 root:redis
}

write_worker_files() {
    put_template apus.socket
    put_template apus@.service
    put_template apus-workers.slice
    put_template release.conf
}

write_front_files() {
    put_template apus-nginx.service
    put_template logrotate
    if [[ -n ${wanted[email]} ]]; then put_template certbot-hook 755; fi
    if [[ -n $root ]]; then
        write_nginx "$root/etc/apus/nginx"
    else
        replace_nginx_files /etc/apus/nginx
    fi
}

# All of them at once: the folder $1 is a link to the one that was written last.
replace_nginx_files() {
    local link=$1 new old log
    new=$(mktemp -d -- "$link-XXXXXX")
    chmod 755 "$new"
    write_nginx "$new"
    if ! log=$(test_nginx "$new/nginx.conf"); then
        rm -rf "$new"
        fail "nginx refuses its configuration: $log"
    fi
    if diff -rq "$new" "$link" >/dev/null 2>&1; then
        rm -rf "$new"
        return
    fi
    note_change /etc/apus/nginx/
    point_link "$link" "${new##*/}"
    for old in "$link"-??????; do
        if [[ $old != "$new" ]]; then rm -rf "$old"; fi
    done
}

# As the service will run it, which may open low ports and nothing else. Prints what it has to say against the file $1.
test_nginx() {
    setpriv --reuid www-data --regid www-data --init-groups --inh-caps +net_bind_service \
        --ambient-caps +net_bind_service nginx -t -q -p /var/cache/apus/ -e stderr -c "$1" 2>&1
}

# Whether one of the files $@ was written just now, or by a run that was broken off.
has_changed() {
    local path
    for path in "$@"; do
        [[ " ${changed[*]} " != *" $path "* ]] || return 0
    done
    return 1
}
