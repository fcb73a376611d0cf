package import Deadlines
import Memory
package import RenderJobs
import Transformation

/// Proves that a picture can be made, and not only that somebody is there: the smallest one goes through the way of all
/// pictures.
package struct RenderProof {
    /// A GIF of one pixel: of a kind that cannot be switched off.
    private static let original =
        [UInt8]("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
        + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

    private let renders: RenderPool

    package init(of renders: RenderPool) {
        self.renders = renders
    }

    /// Blocks until the picture is made, at most until the deadline and the pool's grace have passed.
    package func make(until deadline: Deadline) throws(RenderPoolError) {
        let job = RenderJob(
            plan: Plan(steps: [], output: Output(format: .fixed(.png), quality: 80)).canonical, rasterisesSVG: true,
            limits: .init(sourcePixels: 1, outputPixels: 1, frames: 1, documentBytes: 0),
            deadline: deadline, originalCount: Self.original.count)
        _ = try renders.render(job, try Self.shared())
    }

    private static func shared() throws(RenderPoolError) -> SharedMemory {
        do {
            var writer = try SharedMemoryWriter(maximum: original.count)
            try writer.append(original.span.bytes)
            return try writer.finish()
        } catch {
            throw .failed(.internalFailure(log: "\(error)"))
        }
    }
}
