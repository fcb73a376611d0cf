package import Caching
package import Configuration
import Deadlines
package import HTTPRules

/// How long what comes of an original may be kept and by whom: the installation's rule, or the origin's where the URL
/// endpoint says so.
package struct Lifetimes: Sendable {
    private let cache: Configuration.Cache
    private let maxAge: Int64
    private let staleAge: Int64

    package init(_ cache: Configuration.Cache) {
        maxAge = cache.maxAge.components.seconds
        staleAge = cache.staleAge.components.seconds
        self.cache = cache
    }

    /// - Parameters:
    ///   - fields: what the origin has said.
    ///   - now: when it was asked, in Unix seconds.
    package func lifetime(_ fields: LifetimeFields, at endpoint: URLEndpoint, now: Int64) -> Lifetime {
        guard endpoint.cacheControl == .origin else { return standard(now) }
        let said = OriginLifetime(fields, askedAt: HTTPDate(unixSeconds: now), maximum: Int(maxAge))
        guard said != .unsaid else { return standard(now) }
        let control = said.control.description
        guard said.isStorable else { return Lifetime(madeAt: now, freshUntil: now, control: control) }
        let fresh = said.freshFor.map(Int64.init) ?? maxAge
        let revalidating = Int64(said.staleWhileRevalidate ?? 0)
        let stale = said.staleIfError.map(Int64.init) ?? staleAge
        return Lifetime(
            madeAt: now, freshUntil: now + fresh, revalidatingUntil: end(now, fresh + revalidating),
            staleUntil: end(now, fresh + stale),
            // What must be revalidated before every use is kept to be revalidated.
            expiresAt: end(now, fresh + max(staleAge, revalidating, stale)), control: control)
    }

    private func standard(_ now: Int64) -> Lifetime {
        Lifetime(madeAt: now, freshUntil: now + maxAge, staleUntil: end(now, maxAge + staleAge))
    }

    private func end(_ now: Int64, _ seconds: Int64) -> Int64 {
        now + min(seconds, cache.longestLife.components.seconds)
    }

    /// Of what is good for a while only, as what stands in for something that is missing: none of its times is longer than
    /// an error is kept.
    package func brief(_ lifetime: Lifetime, now: Int64) -> Lifetime {
        let end = now + Int64(cache.age(of: .errorAge))
        var (control, age) = (CacheControl(parsing: lifetime.control), Int(clamping: end - lifetime.madeAt))
        if lifetime.control.isEmpty { (control.mustRevalidate, control.sharedMaxAge) = (true, cache.sharedAge) }
        control.maxAge = min(control.maxAge ?? age, age)
        control.sharedMaxAge = control.sharedMaxAge.map { min($0, age) }
        (control.staleWhileRevalidate, control.staleIfError, control.immutable) = (nil, nil, false)
        return Lifetime(
            madeAt: lifetime.madeAt, freshUntil: min(lifetime.freshUntil, end),
            revalidatingUntil: min(lifetime.revalidatingUntil, end), staleUntil: min(lifetime.staleUntil, end),
            expiresAt: min(lifetime.expiresAt, end), control: control.description)
    }

    /// `nil` for an error that is not kept.
    package func lifetime(of error: DeliveryError, now: Int64) -> Lifetime? {
        let age = cache.age(of: error.keeping)
        return age > 0 ? Lifetime(madeAt: now, freshUntil: now + Int64(age)) : nil
    }
}

extension Lifetime {
    /// Whether the tiers may have it at all.
    var isStorable: Bool { expiresAt > madeAt }
}

extension Configuration.Cache {
    /// The `max-age` of answers, in seconds, where the origin has no say.
    var clientAge: Int { Int(clamping: maxAge.components.seconds) }

    /// Their `s-maxage`, likewise.
    var sharedAge: Int { sharedMaxAge.map { Int(clamping: $0.components.seconds) } ?? clientAge }

    /// Seconds for which an error of this kind is kept; 0 is not at all.
    func age(of keeping: DeliveryError.Keeping) -> Int {
        let errorSeconds = Int(errorAge.components.seconds)
        return switch keeping {
        case .errorAge: errorSeconds
        case .briefly: min(errorSeconds, Self.briefSeconds)
        case .until(let moment): min(errorSeconds, Int(clamping: max(0, moment - WallClock.unixSeconds)))
        case .never: 0
        }
    }

    private static let briefSeconds = 5
}
