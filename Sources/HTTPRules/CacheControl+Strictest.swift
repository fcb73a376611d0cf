extension CacheControl {
    /// What holds for an answer that is made of two: whatever one of them forbids is forbidden, and what is only allowed
    /// where it is said has to be said by both. Times count from the same moment.
    package func strictest(_ other: CacheControl) -> CacheControl {
        var both = CacheControl()
        both.isPublic = isPublic && other.isPublic
        both.immutable = immutable && other.immutable
        both.isPrivate = isPrivate || other.isPrivate
        both.noCache = noCache || other.noCache
        both.noStore = noStore || other.noStore
        both.noTransform = noTransform || other.noTransform
        both.mustRevalidate = mustRevalidate || other.mustRevalidate
        both.proxyRevalidate = proxyRevalidate || other.proxyRevalidate
        both.maxAge = Self.shorter(maxAge, other.maxAge)
        if sharedMaxAge != nil || other.sharedMaxAge != nil {
            both.sharedMaxAge = Self.shorter(sharedMaxAge ?? maxAge, other.sharedMaxAge ?? other.maxAge)
        }
        both.staleWhileRevalidate = Self.shorterIfBoth(staleWhileRevalidate, other.staleWhileRevalidate)
        both.staleIfError = Self.shorterIfBoth(staleIfError, other.staleIfError)
        return both
    }

    /// An age that is not said is no limit.
    private static func shorter(_ one: Int?, _ other: Int?) -> Int? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    private static func shorterIfBoth(_ one: Int?, _ other: Int?) -> Int? {
        guard let one, let other else { return nil }
        return min(one, other)
    }
}
