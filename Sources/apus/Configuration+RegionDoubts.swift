import Configuration

/// What of several regions, and of their hosts, is allowed and probably not meant: a line each.
extension Configuration {
    var hasOthers: Bool { regions.count > 1 }

    var regionDoubts: [String] {
        guard hasOthers else { return [] }
        var doubts: [String] = []
        if regionSecrets.isEmpty {
            doubts.append("there is no regionSecret: no region asks another, and purges stay where they are entered")
        }
        doubts += regionSecretDoubts
        var names: [String: String] = [:]
        for (name, region) in regions.sorted(by: { $0.key < $1.key }) {
            guard let url = region.url else {
                doubts.append("region \(name): it has no url, so no region asks it, and no purge waits for it")
                continue
            }
            if let other = names.updateValue(name, forKey: url.description) {
                doubts.append("region \(name): it has the url of \(other)")
            }
            if !url.path.isEmpty {
                doubts.append("region \(name): what stands before nginx has to take \(url.path) off its url")
            }
            if url.scheme == .http, !url.isLoopback {
                doubts.append(
                    "region \(name): regions reach it over plain HTTP, so that signed URLs and private pictures can be "
                        + "read on the way")
            }
        }
        return doubts
    }

    /// The name servers know the nearest region by where it is.
    var locationDoubts: [String] {
        guard dns != nil else { return [] }
        return regions.filter { !$0.value.addresses.isEmpty && $0.value.location == nil }.keys.sorted().map {
            "region \($0): it has addresses and no location, so nobody can tell to whom it is the nearest"
        }
    }

    var workerDoubts: [String] {
        regions.sorted { $0.key < $1.key }.compactMap { name, region in
            guard let listen = region.workers.listen, !region.workers.hosts.isEmpty,
                !region.workers.hosts.contains(listen)
            else { return nil }
            return "region \(name): workers.listen is none of workers.hosts, so no nginx asks there"
        }
    }
}
