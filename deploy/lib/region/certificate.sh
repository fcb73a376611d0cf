# shellcheck shell=bash
# The certificate that nginx shows: given, of Let's Encrypt, or made here for a first look.

# Where certbot keeps what it has, and calls us when it has renewed something.
letsencrypt_folder=/etc/letsencrypt
certbot_hook=$letsencrypt_folder/renewal-hooks/deploy/apus

# Days that a certificate made here is good for.
self_signed_days=365

# Every name under which users or other regions ask this region.
certificate_names() {
    local url=${settings[url]:-}
    url=${url#*://}
    url=${url%%/*}
    # shellcheck disable=SC2086 # lists of names
    printf '%s\n' "${url%:*}" "${settings[sharedHost]:-}" ${settings[customHosts]:-} ${wanted[names]:-} |
        grep -E '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$' | grep -vE '^[0-9.]+$' | awk '!seen[$0]++' || true
}

# A pair that nginx would not start with, or no client would take, is refused before anything is touched.
check_certificate() {
    local pair=$1 name
    openssl x509 -in "$pair/certificate.pem" -noout 2>/dev/null || fail "the certificate is not PEM"
    openssl pkey -in "$pair/key.pem" -passin pass: -noout 2>/dev/null || fail "the key is not PEM without a password"
    [[ $(openssl x509 -in "$pair/certificate.pem" -noout -pubkey) == "$(openssl pkey -in "$pair/key.pem" -pubout)" ]] ||
        fail "the key does not belong to the certificate"
    openssl x509 -in "$pair/certificate.pem" -noout -checkend 0 >/dev/null ||
        fail "the certificate has expired: $(openssl x509 -in "$pair/certificate.pem" -noout -enddate)"
    for name in $(certificate_names); do
        is_for_name "$pair/certificate.pem" "$name" || say "warning: the certificate is not for $name"
    done
}

# It prints "does match" or "does NOT match", and succeeds either way.
is_for_name() {
    ! openssl x509 -in "$1" -noout -checkhost "$2" | grep -q 'NOT match'
}

is_self_signed() {
    [[ $(openssl x509 -in "$1" -noout -subject_hash) == "$(openssl x509 -in "$1" -noout -issuer_hash)" ]]
}

# In seconds since 1970; fails where $1 is no certificate.
end_of_certificate() {
    local end
    end=$(openssl x509 -in "$1" -noout -enddate 2>/dev/null) && date -d "${end#*=}" +%s
}

put_certificate() {
    put_file /etc/apus/tls/certificate.pem 644 root:root <"$1/certificate.pem"
    put_file /etc/apus/tls/key.pem 640 root:www-data <"$1/key.pem"
}

# nginx starts with something, also before there is a certificate of anybody else.
prepare_certificate() {
    local given=$repository/given
    put_back_certificate
    if [[ -r $given/certificate.pem ]]; then
        keep_certificate
        put_certificate "$given"
    fi
    if [[ ! -r $tls_folder/certificate.pem || ! -r $tls_folder/key.pem ]]; then make_certificate; fi
}

# The pair that is there comes back should the release not work, or this run be broken off.
keep_certificate() {
    [[ -r $tls_folder/key.pem ]] || return 0
    rm -rf "$tls_folder/before.part"
    mkdir -m 700 "$tls_folder/before.part"
    cp "$tls_folder/certificate.pem" "$tls_folder/key.pem" "$tls_folder/before.part/"
    mv -T "$tls_folder/before.part" "$tls_folder/before"
}

put_back_certificate() {
    [[ -d $tls_folder/before ]] || return 0
    put_certificate "$tls_folder/before"
    rm -rf "$tls_folder/before"
}

make_certificate() {
    local folder name names
    folder=$(mktemp -d)
    names=$(certificate_names | sed 's/^/DNS:/' | paste -sd,)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$self_signed_days" -subj "/CN=apus" \
        -addext "subjectAltName=${names:+$names,}DNS:localhost,IP:127.0.0.1" \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null || fail "openssl cannot make a certificate"
    put_certificate "$folder"
    rm -rf "$folder"
    say "warning: made a self-signed certificate, which no client trusts; give a real one with --certificate or --certbot"
}

# Run in a release that runs: asks Let's Encrypt, as nginx answers on port 80 now. Debian's timer of certbot renews it, and
# our hook puts it in place.
certify() {
    prepare_activation
    runs_nginx || return 0
    if [[ -n ${wanted[email]} ]]; then
        ask_certbot
    elif is_of_certbot "$tls_folder/certificate.pem"; then
        # Somebody else asks for it, by other ways.
        put_template certbot-hook 755
    else
        # What certbot renews must not come in place of what was given.
        rm -f "$certbot_hook"
        return
    fi
    # Debian starts it with the host, and was told to start nothing when it was installed.
    systemctl enable --quiet --now certbot.timer || say "warning: certbot.timer does not run, which renews the certificate"
    # Nobody but certbot reads the hook.
    rm -f "$pending_file"
}

# Whether certbot has brought the certificate $1 as one of ours, now or before.
is_of_certbot() {
    local file
    for file in "$letsencrypt_folder/live/apus/fullchain.pem" "$letsencrypt_folder"/archive/apus/fullchain*.pem; do
        if cmp -s -- "$file" "$1"; then return; fi
    done
    return 1
}

# Whether what certbot has under our name was asked for by ask_certbot, and not by whoever gives it to us.
is_asked_for_here() {
    grep -qs /var/cache/apus/acme "$letsencrypt_folder/renewal/apus.conf"
}

ask_certbot() {
    local -a names=()
    local name
    for name in $(certificate_names); do names+=(--domain "$name"); done
    ((${#names[@]})) || fail "--certbot: the configuration has no name for the certificate; give one with --name"
    say "asking for a certificate"
    certbot certonly --non-interactive --agree-tos --email "${wanted[email]}" --cert-name apus --keep-until-expiring \
        --expand --webroot --webroot-path /var/cache/apus/acme "${names[@]}" ||
        fail "Let's Encrypt gave no certificate; the region goes on with the one it has"
    RENEWED_LINEAGE=$letsencrypt_folder/live/apus "$certbot_hook"
}
