/// What the gate in front of a worker's render processes holds to.
package struct RenderAdmission: Sendable, Equatable {
    /// Bytes that the jobs at work may hold together, by their estimates.
    package var memory = Int.max
    /// Jobs that may wait, in all lanes together.
    package var waiting = 128
    /// Whether there is one process more, for the fast lane alone.
    package var hasFastProcess = true

    /// What each render process holds before it has done anything, and what it keeps after a job: bytes.
    private static let processBytes = 40_000_000
    /// However little there is: a photograph of 40 megapixels can be made small in it.
    private static let leastMemory = 256_000_000

    package init() {}

    /// - Parameters:
    ///   - grant: bytes that the render processes of this host may use together.
    ///   - workers: worker processes on this host.
    ///   - renders: render processes of each of them, without that of the fast lane.
    ///   - slots: of each worker.
    package init(grant: Int, workers: Int, renders: Int, slots: Int) {
        let share = grant / max(1, workers)
        memory = max(Self.leastMemory, share - (renders + 1) * Self.processBytes)
        // As many of its slots may wait at all (design §5).
        waiting = max(1, slots / 2)
    }
}
