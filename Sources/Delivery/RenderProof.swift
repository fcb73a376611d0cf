package import Deadlines
import Memory
package import RenderJobs
import Transformation

/// Proves that a picture can be made, and not only that somebody is there: the smallest one goes through the way of all
/// pictures.
package struct RenderProof {
    private static let original = [UInt8]("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>".utf8)

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
