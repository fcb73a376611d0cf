/// Everything that the configuration file says, checked: what a process of one region runs with.
///
/// Immutable. Sections left out of the file hold their defaults, sizes are bytes or pixels, paths are absolute,
/// and `workers`, `redis`, `store` and `cache` are those of this instance's region.
package struct Configuration: Sendable, Equatable {
    /// The name of this instance's region, a key of `regions`.
    package let region: String
    /// Every region by its name; never empty.
    package let regions: [String: Region]
    /// Signs the requests that regions send each other; `nil` where the file names none.
    package let regionSecret: Secret?
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
    /// How long each kind of waiting may last.
    package let timeouts: Timeouts
    /// Whom this instance may reach and who may ask it.
    package let network: Network
    /// In the order of the file; never empty, ids are unique, as are custom hosts across all of them.
    package let accounts: [Account]
}
