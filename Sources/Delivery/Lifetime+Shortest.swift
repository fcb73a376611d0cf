import Caching
import HTTPRules

extension Lifetime {
    /// Of what is made of two: it ends where the first of them does. Its moment is that of the later one.
    func shortest(_ other: Lifetime) -> Lifetime {
        let madeAt = max(madeAt, other.madeAt)
        return Lifetime(
            madeAt: madeAt, freshUntil: min(freshUntil, other.freshUntil),
            revalidatingUntil: min(revalidatingUntil, other.revalidatingUntil),
            staleUntil: min(staleUntil, other.staleUntil), expiresAt: min(expiresAt, other.expiresAt),
            control: Self.strictest(control(at: madeAt), other.control(at: madeAt)))
    }

    /// What clients are told at a later moment than its own; nil: what is always told.
    private func control(at moment: Int64) -> CacheControl? {
        guard !control.isEmpty else { return nil }
        let lifetime = OriginLifetime(CacheControl(parsing: control))
        return lifetime.left(after: Int(clamping: moment - madeAt)).control
    }

    private static func strictest(_ one: CacheControl?, _ other: CacheControl?) -> String {
        guard let one, let other else { return (one ?? other)?.description ?? "" }
        return one.strictest(other).description
    }
}
