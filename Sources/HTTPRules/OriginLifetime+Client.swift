extension OriginLifetime {
    /// The `Cache-Control` for a client who is answered `passed` seconds after the origin was asked, in ImageKit's form:
    /// `public, s-maxage=…, max-age=…` with what is left of both, and what else the origin has said.
    ///
    /// `private`, `no-cache` and `no-store` are passed on without those. For an origin that says nothing it is the
    /// default of deliveries, `must-revalidate` included. Where it has named a time for shared caches alone, others get
    /// none.
    ///
    /// - Parameters:
    ///   - unsaid: the endpoint's default: seconds of freshness where the origin names none.
    ///   - unsaidShared: the same for caches that several clients share.
    ///   - limit: seconds after which nobody may use the answer, fresh or stale, such as those until a signature ends.
    package func clientControl(
        after passed: Int64, unsaid: Int, unsaidShared: Int? = nil, atMost limit: Int = CacheControl.longestAge
    ) -> CacheControl {
        var full = control
        full.mustRevalidate = control.mustRevalidate || self == .unsaid
        if isStorable, freshFor == nil { (full.sharedMaxAge, full.maxAge) = (unsaidShared ?? unsaid, unsaid) }
        full.sharedMaxAge = full.sharedMaxAge ?? full.maxAge
        var client = OriginLifetime(full).left(after: Int(clamping: passed)).clamped(to: limit).control
        client.isPublic = isStorable && !control.noCache
        if !client.isPublic { client.sharedMaxAge = nil }
        if control.noCache || control.noStore { (client.maxAge, client.immutable) = (nil, false) }
        if !isStorable { (client.staleWhileRevalidate, client.staleIfError) = (nil, nil) }
        // Time as stale begins where that as fresh ends.
        let staleLimit = max(0, limit - max(client.sharedMaxAge ?? 0, client.maxAge ?? 0))
        client.staleWhileRevalidate = client.staleWhileRevalidate.map { min($0, staleLimit) }
        client.staleIfError = client.staleIfError.map { min($0, staleLimit) }
        return client
    }
}
