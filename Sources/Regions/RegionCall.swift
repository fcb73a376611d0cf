/// What one region can ask of another.
package enum RegionCall: String, Sendable, CaseIterable {
    /// An answer to a client's request.
    case ask
    /// Purges, signs of life, clocks.
    case exchange
    /// How it sees itself and the others, for people.
    case status

    /// What all their paths begin with.
    package static let prefix = "/_apus/region/"

    /// Behind the address of a region.
    package var path: String { Self.prefix + rawValue }

    /// - Parameter path: of a request.
    package init?(path: String) {
        guard path.hasPrefix(Self.prefix) else { return nil }
        self.init(rawValue: String(path.dropFirst(Self.prefix.count)))
    }
}
