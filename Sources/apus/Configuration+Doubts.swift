import Configuration
import Glibc

extension Configuration {
    /// What is allowed and probably not meant: a line each.
    ///
    /// - Parameter file: where it was read.
    func doubts(file: String) -> [String] {
        var doubts = [storeDoubt, purgeDoubt, cdnDoubt].compactMap(\.self)
        doubts += networkDoubts + regionDoubts + insecurities
        doubts += originsWithConfiguration(in: file).map { account, origin in
            "account \(account), origin \(origin): its folder has this configuration in it, which anybody may ask for, "
                + "with its keys"
        }
        for account in accounts {
            for origin in account.origins {
                if let doubt = doubt(of: origin, account) {
                    doubts.append("account \(account.id), origin \(origin.id): \(doubt)")
                }
            }
            doubts += keyDoubts(of: account)
            for endpoint in account.urlEndpoints {
                let place = "account \(account.id), URL endpoint \"\(endpoint.urlPrefix)\""
                if endpoint.origins.isEmpty { doubts.append("\(place): it has no origin, so it has no picture") }
                if endpoint.unsigned == .named, let proxy = endpoint.webProxy(among: account.origins) {
                    doubts.append(
                        "\(place): unsigned is named, so anybody may have origin \(proxy) (WEB_PROXY) fetch any URL, "
                            + "and see what a named transformation makes of it")
                }
                if endpoint.unsigned != .allow, account.privateKeys.isEmpty {
                    doubts.append(
                        "\(place): unsigned is \(endpoint.unsigned), and there is no private key to sign with")
                }
                if hasOthers, !endpoint.origins.isEmpty, endpoint.homeRegion == nil, account.homeRegion == nil {
                    doubts.append("\(place): it has no homeRegion, so every region fetches and transforms by itself")
                }
            }
        }
        return doubts + locationDoubts + workerDoubts
    }

    /// What is open to strangers because the file says `insecure: true`: a line each.
    var insecurities: [String] {
        accounts.flatMap { account in
            let place = "account \(account.id)"
            let ofKeys = account.privateKeys.isEmpty ? ["\(place): insecure: \(Exposure.noKey.consequence)"] : []
            return ofKeys
                + account.urlEndpoints.compactMap { endpoint in
                    endpoint.exposure(among: account.origins).map {
                        "\(place), URL endpoint \"\(endpoint.urlPrefix)\": insecure: \($0.consequence)"
                    }
                }
        }
    }

    /// What breaks the promise of several regions once an instance runs so, with what the command line adds to the file.
    var purgeProblems: [ConfigurationProblem] {
        guard losesPurges else { return [] }
        let reason = ConfigurationProblem.Reason.required(
            because: "where there are several regions and no redis: purges would not outlive the workers")
        return [ConfigurationProblem(path: "regions.\(region).store", reason: reason)]
    }

    private var losesPurges: Bool { hasOthers && redis == nil && store == nil }

    private var purgeDoubt: String? {
        guard losesPurges else { return nil }
        return "region \(region) has neither redis nor store (deploy/up and deploy/region give it both): "
            + "apus serve refuses that, since purges would not outlive its workers"
    }

    /// What caches of others keep for longer, somebody will miss a purge of.
    private static let briefSharedAge = Duration.seconds(3600)

    private var cdnDoubt: String? {
        let age = regions.values.compactMap(\.cache.sharedMaxAge).max() ?? .zero
        guard age > Self.briefSharedAge else { return nil }
        let unpurged = accounts.flatMap { account in
            account.urlEndpoints.filter { $0.cdn == nil }.map { "\(account.id)/\($0.urlPrefix)" }
        }
        guard !unpurged.isEmpty else { return nil }
        return "cache.sharedMaxAge is more than an hour, and no purge reaches a CDN in front of URL endpoints without "
            + "cdn: " + unpurged.joined(separator: ", ")
    }

    /// Hosts that share a Redis have to share a store, and only a bucket can be shared.
    private var storeDoubt: String? {
        guard case .disk = store else { return nil }
        let isElsewhere =
            switch redis?.server {
            case .tcp(let endpoint): !["localhost", "127.0.0.1", "::1"].contains(endpoint.host)
            case .sentinel, .cluster: true
            case .unix, nil: false
            }
        return isElsewhere ? "redis is reached over the network: several hosts that share it need a store in S3" : nil
    }

    private func doubt(of origin: OriginSettings, _ account: Account) -> String? {
        guard case .disk(let path) = origin.kind else { return nil }
        let endpoints = account.urlEndpoints.filter { $0.origins.contains(origin.id) }
        let homes = Set(endpoints.map { home(of: $0, in: account) })
        guard isFolder(path) else {
            // Away from home it is only missed when the home region is.
            let isOnlyElsewhere = !homes.isEmpty && !homes.contains(region)
            guard isOnlyElsewhere else { return "there is no folder \(path)" }
            let canTakeOver = endpoints.contains { $0.residency == .none }
            return canTakeOver
                ? "there is no folder \(path) here: \(region) cannot take over while the home region is away" : nil
        }
        let isShared = hasOthers && endpoints.contains { $0.residency == .none }
        return isShared ? "other regions can take over only where they have the folder \(path), too" : nil
    }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
