import Deadlines
import Memory
import RenderJobs
import Rendering
import Testing
import Transformation
import Vips

struct Variant {
    let facts: VariantFacts
    let bytes: [UInt8]

    /// The first frame, by way of a PNG where it is something else.
    func picture() throws -> Picture {
        let png = facts.format == .png ? bytes : try variant("f-png", of: bytes).bytes
        guard let picture = Picture(png: png) else { throw Unreadable() }
        return picture
    }

    /// Every frame of an animation.
    func frames() throws -> [Picture] {
        let format: SourceFormat = facts.format == .gif ? .gif : .webp
        let limit = TimeLimit()
        let image = try Image.load(bytes.span.bytes, as: format, allFrames: true, limit: limit).inMemory()
        return try (0..<image.frameCount).map { index in
            guard let picture = Picture(png: try image.frame(index).inSRGB().encoded(as: .png).copied) else {
                throw Unreadable()
            }
            return picture
        }
    }
}

struct Unreadable: Error {}

let standardLimits = RenderJob.Limits(
    sourcePixels: 20_000_000, outputPixels: 10_000_000, frames: 50, documentBytes: 5_000_000)

/// What the transformation makes of an original; throws the `RenderFailure`.
func variant(
    _ transformation: String, of original: [UInt8], accepting: AcceptedFormats = [], rasterisesSVG: Bool = false,
    defaults: OutputDefaults = OutputDefaults(), limits: RenderJob.Limits = standardLimits,
    within duration: Duration = .seconds(120), layers: [String: [UInt8]] = [:],
    telling tell: @escaping (MemoryLimit) -> Void = { _ in }
) throws -> Variant {
    try VipsLibrary.start()
    let texts = transformation.isEmpty ? [] : [transformation]
    guard case .variant(let plan) = try Transformation(texts).resolve(defaults: defaults, accepting: accepting) else {
        throw Unreadable()
    }
    let inputs = try plan.inputs.map { input in
        (name: input.name, bytes: try sharedMemory(try #require(layers[input.path.reference])))
    }
    let shared = try sharedMemory(original)
    let job = RenderJob(
        plan: plan.canonical, rasterisesSVG: rasterisesSVG, limits: limits, deadline: Deadline(in: duration),
        originalCount: original.count, inputs: inputs.map { .init(name: $0.name, count: $0.bytes.count) })
    let (facts, bytes) = try Renderer().render(
        job, shared, JobInputs(job.inputs, inputs.map(\.bytes)), telling: tell)
    return Variant(facts: facts, bytes: bytes.copied)
}

private func sharedMemory(_ bytes: [UInt8]) throws -> SharedMemory {
    var writer = try SharedMemoryWriter(maximum: max(1, bytes.count))
    try writer.append(bytes.span.bytes)
    return try writer.finish()
}

/// The variant as PNG, in pixels.
/// - Parameter layers: the files that layers show, by their paths.
func picture(_ transformation: String, of original: [UInt8], layers: [String: [UInt8]] = [:]) throws -> Picture {
    try variant(transformation.isEmpty ? "f-png" : transformation + ":f-png", of: original, layers: layers).picture()
}

/// The `RenderFailure` that comes instead of a variant.
func failure(
    _ transformation: String, of original: [UInt8], limits: RenderJob.Limits = standardLimits,
    within duration: Duration = .seconds(120), layers: [String: [UInt8]] = [:]
) throws -> RenderFailure? {
    do {
        _ = try variant(transformation, of: original, limits: limits, within: duration, layers: layers)
        return nil
    } catch let failure as RenderFailure {
        return failure
    }
}

extension [UInt8] {
    /// Whether each value is at most `tolerance` away from the other's.
    func isNear(_ other: [UInt8], within tolerance: Int = 3) -> Bool {
        count == other.count && zip(self, other).allSatisfy { abs(Int($0) - Int($1)) <= tolerance }
    }

    func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return false }
        return (0...count - wanted.count).contains { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
