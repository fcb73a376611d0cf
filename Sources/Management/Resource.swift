/// What a path of the HTTP API names (platform reference §8.1).
enum Resource: Equatable {
    /// `/v1/files/purge`
    case purges
    /// `/v1/files/purge/{requestId}`
    case purge(id: String)

    /// Clients add a slash to some paths: it does not matter (platform reference §8.0).
    init(path: String) throws(ManagementError) {
        let segments = path.hasSuffix("/") ? path.dropLast() : path[...]
        let prefix = "/v1/files/purge"
        if segments == prefix {
            self = .purges
            return
        }
        let id = segments.dropFirst(prefix.count + 1)
        guard segments.hasPrefix(prefix + "/"), !id.isEmpty, !id.contains("/") else { throw .noSuchResource }
        self = .purge(id: String(id))
    }

    /// As in `Allow`.
    var methods: String {
        switch self {
        case .purges: "POST, OPTIONS"
        case .purge: "GET, HEAD, OPTIONS"
        }
    }
}
