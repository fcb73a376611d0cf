import Configuration
import Deadlines
import Delivery
import Glibc
import Memory
import Processes
import RenderJobs
import Transformation

/// One render outside of a worker, by a render process of its own.
struct LocalRender {
    /// How long the process may take to start.
    private static let startLimit: Duration = .seconds(10)

    private let surroundings: FileSurroundings

    init(_ surroundings: FileSurroundings) {
        self.surroundings = surroundings
    }

    func render(_ plan: Plan, _ original: SharedMemory, _ files: LocalFiles) throws(DeliveryError) -> RenderedVariant {
        let inputs = plan.inputs
        let parts = try inputs.map { (input) throws(DeliveryError) in
            JobInput(name: input.name, bytes: try files.input(input))
        }
        guard let folder = TemporaryFolder() else { throw .local("no folder for temporary files") }
        defer { folder.remove() }
        var admission = RenderAdmission()
        admission.hasFastProcess = false
        let pool = RenderPool(directory: folder.path, count: 1, admission: admission)
        guard let keeper = try? pool.start() else { throw .local("no thread can be started") }
        defer {
            pool.stop()
            keeper.join()
        }
        let deadline = Deadline(in: Self.startLimit + surroundings.timeout)
        let job = RenderJob(
            plan: plan.canonical, rasterisesSVG: surroundings.endpoint.svg == .rasterise,
            limits: .init(surroundings.limits), deadline: deadline)
        do {
            return try pool.render(job, original, inputs: parts, limit: surroundings.timeout)
        } catch {
            throw DeliveryError(error, inputs)
        }
    }
}

extension DeliveryError {
    fileprivate static func local(_ message: String) -> DeliveryError {
        DeliveryError(status: 500, code: "EIO", message: message, keeping: .never)
    }
}
