import Configuration
import Glibc

extension Configuration {
    /// What is allowed and probably not meant, or not carried out yet: a line each.
    var doubts: [String] {
        var doubts = notUsedYet.map { "\($0) is not available yet" } + (storeDoubt.map { [$0] } ?? [])
        for account in accounts {
            for origin in account.origins {
                if let doubt = origin.doubt { doubts.append("account \(account.id), origin \(origin.id): \(doubt)") }
            }
            for endpoint in account.urlEndpoints {
                let place = "account \(account.id), URL endpoint \"\(endpoint.urlPrefix)\""
                if endpoint.origins.isEmpty { doubts.append("\(place): it has no origin, so it has no picture") }
                if endpoint.unsigned != .allow, account.privateKeys.isEmpty {
                    doubts.append(
                        "\(place): unsigned is \(endpoint.unsigned), and there is no private key to sign with")
                }
            }
        }
        return doubts
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

    /// Parts that only make things slower by not being there yet.
    var notUsedYet: [String] {
        regions.count > 1 ? ["regions besides \(region)"] : []
    }
}

extension OriginSettings {
    fileprivate var doubt: String? {
        switch kind {
        case .disk(let path):
            var status = stat()
            let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            return isFolder ? nil : "there is no folder \(path)"
        default: return nil
        }
    }
}
