import Deadlines

/// One endpoint for each server that a search asks, so that its looks at a name join the look-up that runs already.
final class Endpoints: Sendable {
    private struct Key: Hashable {
        let address: RedisAddress
        let mustBePrimary: Bool
    }

    /// More than a cluster has nodes.
    private static let most = 1000

    private let endpoints = Monitor<[Key: Endpoint]>([:])

    func endpoint(_ address: RedisAddress, mustBePrimary: Bool = false) -> Endpoint {
        endpoints.withLock { endpoints in
            let key = Key(address: address, mustBePrimary: mustBePrimary)
            if let known = endpoints[key] { return known }
            // Servers come and go; the old ones are forgotten with the rest.
            if endpoints.count >= Self.most { endpoints = [:] }
            let endpoint = Endpoint(address, mustBePrimary: mustBePrimary)
            endpoints[key] = endpoint
            return endpoint
        }
    }
}
