/// How long an origin lets its answer be kept (RFC 9111, RFC 5861), counted from the moment it was asked.
///
/// Only what it says counts; nothing is guessed from `Last-Modified` (RFC 9111 §4.2.2 allows it): what is not said is
/// `nil`, and the URL endpoint's default holds. Of contradictions the stricter wins (§4.2.1). `must-understand` is not
/// known here, so a `no-store` beside it counts (§5.2.2.3).
package struct OriginLifetime: Sendable, Equatable {
    /// What the origin has said with `Expires` and `Age` counted in, so that `s-maxage` and `max-age` are what was left
    /// when it was asked. Its text, read by `init(_:)`, gives the same lifetime again.
    package let control: CacheControl

    /// Takes directives as they are, but for numbers outside 0…`CacheControl.longestAge`.
    package init(_ control: CacheControl) {
        self.control = control.mappingAges { min(max(0, $0), CacheControl.longestAge) }
    }

    /// An origin that says nothing.
    package static let unsaid = OriginLifetime(CacheControl())

    /// What the fields of an answer say.
    ///
    /// Clocks differ: `Date` is compared with `Expires` only, both of the origin's clock; an absent or broken `Date` is
    /// `askedAt`, which the ages run from, so that the time an answer has taken counts (§4.2.3). A broken `Expires` lies
    /// in the past (§5.3), a broken `Age` counts as absent (§5.1).
    ///
    /// - Parameter maximum: seconds that no time here exceeds.
    package init(_ fields: LifetimeFields, askedAt: HTTPDate, maximum: Int = CacheControl.longestAge) {
        var control = fields.cacheControl.map { CacheControl(parsing: $0) } ?? CacheControl()
        if control.maxAge == nil { control.maxAge = fields.secondsToExpiry(askedAt: askedAt) }
        self = OriginLifetime(control).left(after: fields.ageSeconds).clamped(to: maximum)
    }

    // MARK: For the tiers

    /// Whether tiers, which all clients share, may keep it.
    package var isStorable: Bool { !control.noStore && !control.isPrivate }

    /// Seconds for which a shared cache may answer without asking: 0 is never, `nil` is not said.
    package var freshFor: Int? { control.sharedAge }

    /// The same for a cache that one client has.
    package var clientFreshFor: Int? { control.noStore || control.noCache ? 0 : control.maxAge }

    /// Whether the origin forbids to answer from what is no longer fresh. `s-maxage` does (§5.2.2.10).
    package var mustRevalidate: Bool { isStrict || control.sharedMaxAge != nil }

    /// Seconds after the end of freshness in which the old may be served while the new is fetched; `nil` is not said,
    /// and nothing forbids it. Said beside `s-maxage` it counts, since that only implies the prohibition; beside
    /// `must-revalidate`, `proxy-revalidate` and `no-cache`, which name it, it does not.
    package var staleWhileRevalidate: Int? {
        guard isStorable, !isStrict else { return 0 }
        return control.staleWhileRevalidate ?? (mustRevalidate ? 0 : nil)
    }

    /// Seconds after the end of freshness in which the old may be served because the origin fails; `nil` is not said,
    /// and nothing forbids it. Said, it counts for whatever may be kept, no matter what else is said (RFC 5861 §4).
    package var staleIfError: Int? {
        guard isStorable else { return 0 }
        return control.staleIfError ?? (mustRevalidate ? 0 : nil)
    }

    private var isStrict: Bool { control.mustRevalidate || control.proxyRevalidate || control.noCache }
}

extension OriginLifetime {
    /// The same with no time longer than `maximum` seconds.
    package func clamped(to maximum: Int) -> OriginLifetime {
        OriginLifetime(control.mappingAges { min($0, maximum) })
    }

    /// What is left `seconds` later. Once freshness is used up, the times of staleness are.
    package func left(after seconds: Int) -> OriginLifetime {
        let passed = max(0, seconds)
        let late = max(0, passed - (freshFor ?? .max))
        var left = control.mappingAges { max(0, $0 - passed) }
        left.staleWhileRevalidate = control.staleWhileRevalidate.map { max(0, $0 - late) }
        left.staleIfError = control.staleIfError.map { max(0, $0 - late) }
        return OriginLifetime(left)
    }
}

extension CacheControl {
    /// The same with every number of seconds changed.
    fileprivate func mappingAges(_ change: (Int) -> Int) -> CacheControl {
        var control = self
        control.sharedMaxAge = sharedMaxAge.map(change)
        control.maxAge = maxAge.map(change)
        control.staleWhileRevalidate = staleWhileRevalidate.map(change)
        control.staleIfError = staleIfError.map(change)
        return control
    }
}

extension LifetimeFields {
    /// Seconds between `Date` and `Expires`; `nil` where there is no `Expires`.
    fileprivate func secondsToExpiry(askedAt: HTTPDate) -> Int? {
        guard let expires else { return nil }
        guard let end = HTTPDate(expires, now: askedAt) else { return 0 }
        let start = date.flatMap { HTTPDate($0, now: askedAt) } ?? askedAt
        // Both lie within 10,000 years.
        return Int(clamping: max(0, end.unixSeconds - start.unixSeconds))
    }

    /// How long the answer has lain in caches before it came here. Of a list the first counts.
    fileprivate var ageSeconds: Int {
        var first = (age ?? "").utf8.prefix { $0 != UInt8(ascii: ",") }
        first.trimSpaces()
        return Int(deltaSeconds: Substring(first)) ?? 0
    }
}
