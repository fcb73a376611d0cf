/// What a store tells its log and its metrics.
package enum StoreEvent: Hashable, Sendable {
    /// Files were removed to stay below the size limit.
    case evicted(files: Int, bytes: Int)
    /// Files of killed writers were removed.
    case leftoversRemoved(files: Int)
    /// The folder was added up; the sum was wrong by that much before, `nil` if it was unknown.
    case recounted(bytes: Int, correction: Int?)
    /// Writing failed; variants and originals are not written for that long.
    case failed(StoreError, holdOff: Duration)
    /// Writing works again.
    case recovered
    /// `maintain` failed, as it had not the time before.
    case maintenanceFailed(StoreError)
}

/// How much of its space a store uses.
package struct StoreUsage: Hashable, Sendable {
    /// Bytes of variants and originals, in whole blocks; `nil` while unknown.
    package let bytes: Int?
    package let limit: Int
}
