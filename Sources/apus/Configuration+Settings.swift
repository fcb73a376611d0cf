import Configuration
import Delivery

extension Configuration {
    /// What scripts need to know of this instance, none of it secret: NAME=VALUE lines, lists separated by spaces,
    /// those of folders by colons.
    var settingsForScripts: String {
        (basics + storage + workerHosts + names).map { "\($0.0)=\($0.1)" }.joined(separator: "\n")
    }

    private var basics: [(String, String)] {
        let hinted = HintedNames(self)
        return [
            ("region", region), ("slots", "\(workers.slots)"), ("totalSeconds", "\(timeouts.total.wholeSecondsUp)"),
            ("stallSeconds", "\(timeouts.stall.wholeSecondsUp)"), ("relays", relays ? "yes" : "no"),
            ("widthNames", hinted.width.joined(separator: " ")),
            ("pixelRatioNames", hinted.pixelRatio.joined(separator: " ")),
        ]
    }

    private var storage: [(String, String)] {
        let (type, path) =
            switch store {
            case .disk(let path, _): ("DISK", path)
            case .s3: ("S3", "")
            case nil: ("", "")
            }
        // Paths with spaces are common, those with colons are not.
        let folders = accounts.flatMap(\.origins).compactMap { origin -> String? in
            if case .disk(let path) = origin.kind { path } else { nil }
        }
        return [
            ("redisUrl", redis?.place ?? ""), ("storeType", type), ("storePath", path),
            ("folders", folders.joined(separator: ":")),
        ]
    }

    private var workerHosts: [(String, String)] {
        [
            ("processes", workers.statedProcesses.map(String.init) ?? ""),
            ("listen", workers.listen?.description ?? ""),
            ("hosts", workers.hosts.map(\.description).joined(separator: " ")),
            ("fronts", workers.fronts.joined(separator: " ")),
        ]
    }

    private var names: [(String, String)] {
        let hosts = accounts.flatMap(\.urlEndpoints).flatMap(\.hosts)
        return [
            ("operations", network.operations.joined(separator: " ")), ("sharedHost", dns?.host ?? ""),
            ("customHosts", hosts.joined(separator: " ")), ("url", regions[region]?.url?.description ?? ""),
        ]
    }
}

extension Configuration.Redis {
    /// Where it is found, without what it is asked for: `unix:/PATH`, or each `HOST:PORT`.
    fileprivate var place: String {
        if case .unix(let path) = server { return "unix:\(path)" }
        return server.endpoints.map { endpoint in
            endpoint.host.contains(":") ? "[\(endpoint.host)]:\(endpoint.port)" : "\(endpoint.host):\(endpoint.port)"
        }.joined(separator: " ")
    }
}
