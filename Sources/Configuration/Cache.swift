extension Configuration {
    /// How long answers stay.
    package struct Cache: Sendable, Equatable {
        /// How long a variant is good for, and the `max-age` of answers: 1 s…365 d.
        package var maxAge: Duration = .seconds(180 * 86_400)
        /// The `s-maxage` of answers, which caches that several clients share obey: 0 s…365 d; `nil`: `maxAge`.
        package var sharedMaxAge: Duration?
        /// How long an error may be kept: 0 s…1 d.
        package var errorAge: Duration = .seconds(60)
        /// How long the edge cache answers without asking a worker: 0 s…1 h.
        package var edgeAge: Duration = .seconds(10)

        /// How long beyond its time a copy may still be served while its origin is away: 0 s…365 d.
        package var staleAge: Duration = .seconds(7 * 86_400)

        /// Nothing is kept for longer, time as a stale copy included: 180 days, or `maxAge` where that is more.
        package var longestLife: Duration { max(maxAge, .seconds(180 * 86_400)) }

        /// The defaults.
        package init() {}
    }
}

extension Configuration.Cache {
    static func reading(_ section: Section, defaults: Self) -> Self {
        section.section("cache") { Self(from: $0, defaults: defaults) } ?? defaults
    }

    private init(from section: Section, defaults: Self) {
        let day = Duration.seconds(86_400)
        maxAge = section.value("maxAge", .duration(.seconds(1)...(day * 365))) ?? defaults.maxAge
        sharedMaxAge = section.value("sharedMaxAge", .duration(.zero...(day * 365))) ?? defaults.sharedMaxAge
        errorAge = section.value("errorAge", .duration(.zero...day)) ?? defaults.errorAge
        edgeAge = section.value("edgeAge", .duration(.zero...(.seconds(3600)))) ?? defaults.edgeAge
        staleAge = section.value("staleAge", .duration(.zero...(day * 365))) ?? defaults.staleAge
    }
}
