extension Configuration {
    /// A purge that names a host has to name the one that the CDN answers on. No region's own is that.
    func reportHostlessCDNs(_ reading: Reading) {
        guard dns == nil else { return }
        for (number, account) in accounts.enumerated() {
            for (place, endpoint) in account.urlEndpoints.enumerated() where endpoint.hosts.isEmpty {
                guard case .http(let purge) = endpoint.cdn, purge.namesHost else { continue }
                reading.report(
                    .required(because: "where cdn has {url} or {host} and there is no dns.host"),
                    at: "accounts[\(number)].urlEndpoints[\(place)].hosts")
            }
        }
    }
}

extension HTTPPurge {
    fileprivate var namesHost: Bool {
        [url.value, body?.value ?? ""].contains { text in
            [Placeholder.url, .host].contains { text.contains($0.rawValue) }
        }
    }
}
