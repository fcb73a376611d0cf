# shellcheck shell=bash
# The certificate that nginx shows: given, of Let's Encrypt, or made here for a first look.

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
        # It prints "does match" or "does NOT match", and succeeds either way.
        if openssl x509 -in "$pair/certificate.pem" -noout -checkhost "$name" | grep -q 'NOT match'; then
            say "warning: the certificate is not for $name"
        fi
    done
}

put_certificate() {
    put_file /etc/apus/tls/certificate.pem 644 root:root <"$1/certificate.pem"
    put_file /etc/apus/tls/key.pem 640 root:www-data <"$1/key.pem"
}

# nginx starts with something, also before there is a certificate of anybody else.
prepare_certificate() {
    local given=$repository/given
    if [[ -r $given/certificate.pem ]]; then
        # Back, should the release not work.
        if [[ -r $tls_folder/key.pem ]]; then
            mkdir -p "$given/before"
            cp "$tls_folder/certificate.pem" "$tls_folder/key.pem" "$given/before/"
        fi
        put_certificate "$given"
    fi
    if [[ ! -r $tls_folder/certificate.pem || ! -r $tls_folder/key.pem ]]; then make_certificate; fi
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
    local -a names=()
    local name
    prepare_activation
    if [[ -z ${wanted[email]} ]] || ! runs_nginx; then return; fi
    for name in $(certificate_names); do names+=(--domain "$name"); done
    ((${#names[@]})) || fail "--certbot: the configuration has no name for the certificate; give one with --name"
    say "asking for a certificate"
    certbot certonly --non-interactive --agree-tos --email "${wanted[email]}" --cert-name apus --keep-until-expiring \
        --expand --webroot --webroot-path /var/cache/apus/acme --deploy-hook /etc/letsencrypt/renewal-hooks/deploy/apus \
        "${names[@]}" || fail "no certificate was given; the region goes on with the one it has. Run this again"
    RENEWED_LINEAGE=/etc/letsencrypt/live/apus /etc/letsencrypt/renewal-hooks/deploy/apus
}
