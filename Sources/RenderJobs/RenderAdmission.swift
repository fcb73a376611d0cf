/// What the gate in front of a worker's render processes holds to.
package struct RenderAdmission: Sendable, Equatable {
    /// Bytes that the render processes of this worker may use together, of which the gate leaves them what they hold when
    /// they are idle.
    package var memory = Int.max
    /// Jobs that may wait, in all lanes together.
    package var waiting = 128
    /// Whether there is one process more, for the fast lane alone.
    package var hasFastProcess = true

    /// However little there is, of all workers together: a photograph of 40 megapixels can be made small in it.
    private static let leastMemory = 256_000_000
    /// Of one worker: any job of the fast lane beside others.
    private static let leastShare = 2 * RenderCost.fastBytes

    package init() {}

    /// - Parameters:
    ///   - grant: bytes that the render processes of this host may use together.
    ///   - workers: worker processes on this host.
    ///   - slots: of each worker.
    package init(grant: Int, workers: Int, slots: Int) {
        memory = max(Self.leastShare, max(Self.leastMemory, grant) / max(1, workers))
        // As many of its slots may wait at all (design §5).
        waiting = max(1, slots / 2)
    }
}
