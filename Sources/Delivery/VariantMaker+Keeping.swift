import Caching
import Deadlines
import Transformation

/// What was made is kept, and so is that it could not be made.
extension VariantMaker {
    /// Untouched originals are not kept as variants: their copies are the originals' business. That one of them is a
    /// file is worth knowing.
    func keep(_ served: Served, _ order: Order, inPlaceOf old: Served?, until deadline: Deadline) {
        guard order.resolution != .original || served.isFile else { return }
        guard served.lifetime.isStorable else {
            // The origin has changed its mind: what it let be kept before is no longer to be used.
            if old != nil { cache.remove(order.key, until: deadline) }
            return
        }
        // The old one that could not be renewed lies there already.
        if served.state != .fresh, served.tier != .render { return }
        cache.keep(served.entry, under: order.key, until: deadline)
    }

    /// What failed once would fail again: it is answered from the cache for a while. But something old is better than an
    /// error that passes.
    func keepingErrors<Value>(
        of order: Order, _ epoch: UInt64, inPlaceOf old: Served?, until deadline: Deadline,
        _ work: () throws(DeliveryError) -> Value
    ) throws(DeliveryError) -> Value {
        do { return try work() } catch {
            guard old == nil || !error.isPassing else { throw error }
            guard let lifetime = lifetimes.lifetime(of: error, now: WallClock.unixSeconds) else { throw error }
            // It is gone for good: what is left of it must not be served again.
            if old != nil { cache.remove(order.key, until: deadline) }
            let failure = Entry.Failure(status: error.status, code: error.code, message: error.message)
            let entry = Entry(
                content: .failure(failure), lifetime: lifetime, region: error.region ?? region, purgeEpoch: epoch)
            if !validity.isVoid(entry, of: order) { cache.keep(entry, under: order.key, until: deadline) }
            throw error
        }
    }
}
