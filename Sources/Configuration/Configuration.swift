/// Everything that the configuration file says, checked: what a process of one region runs with.
///
/// Immutable. Sections left out of the file hold their defaults, sizes are bytes or pixels, paths are absolute,
/// and `workers`, `redis`, `store` and `cache` are those of this instance's region.
package struct Configuration: Sendable, Equatable {
    /// The name of this instance's region, a key of `regions`.
    package let region: String
    /// Every region by its name; never empty.
    package let regions: [String: Region]
    /// The first signs what regions ask each other, all verify; each once. Without any, no region asks another.
    package let regionSecrets: [Secret]
    /// How many processes and slots.
    package let workers: Workers
    /// `nil` where neither the file nor an override names a Redis.
    package let redis: Redis?
    /// `nil` where neither the file nor an override names a store.
    package let store: Store?
    /// How long answers stay.
    package let cache: Cache
    /// What one request may ask for.
    package let limits: Limits
    /// Which kinds of original are decoded.
    package let loaders: Loaders
    /// How long each kind of waiting may last.
    package let timeouts: Timeouts
    /// Whom this instance may reach and who may ask it.
    package let network: Network
    /// What is written for name servers; `nil`: nothing.
    package let dns: DNS?
    /// In the order of the file; never empty, ids are unique, as are custom hosts across all of them.
    package let accounts: [Account]
    /// What is the same where two regions run the same file: 24 lower-case hexadecimal digits.
    ///
    /// A hash of what stands in the file, `${…}` unresolved, but for what may differ from region to region: `region`, and
    /// `redis`, `store`, `workers` and `cache` at the top and in the entries of `regions`. Comments and the order of keys do
    /// not count.
    package let version: String
}

extension Configuration {
    /// The region that fetches and transforms for a URL endpoint: this one where the file names none.
    package func home(of endpoint: URLEndpoint, in account: Account) -> String {
        endpoint.homeRegion ?? account.homeRegion ?? region
    }

    /// Whether there are URL endpoints whose bytes this region may only pass on: `residency: home`, and the home elsewhere.
    package var relays: Bool {
        accounts.contains { account in
            account.urlEndpoints.contains { $0.residency == .home && home(of: $0, in: account) != region }
        }
    }
}
