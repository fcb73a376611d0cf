package import Deadlines
import Processes

/// What a render process is asked to do with one original, whose bytes travel beside it in shared memory, as do those of
/// all that layers show.
package struct RenderJob: Sendable, Equatable {
    /// What is refused before or while a picture is decoded (design §4.2, `limits`).
    package struct Limits: Sendable, Equatable {
        /// Pixels of an original, all frames together.
        package var sourcePixels: Int
        /// Pixels of a variant after any step, all frames together.
        package var outputPixels: Int
        /// Frames of an animation.
        package var frames: Int
        /// Bytes of a document whose pages are drawn.
        package var documentBytes: Int

        package init(sourcePixels: Int, outputPixels: Int, frames: Int, documentBytes: Int) {
            self.sourcePixels = sourcePixels
            self.outputPixels = outputPixels
            self.frames = frames
            self.documentBytes = documentBytes
        }
    }

    /// Something that goes into the picture beside the original.
    package struct Input: Sendable, Equatable {
        /// As the plan names it (`LayerInput.name`).
        package var name: String
        /// Length in bytes.
        package var count: Int

        package init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// The most inputs that one job may have.
    package static let maximumInputs = MessageSocket.maximumDescriptors - 1

    /// The plan's canonical text.
    package var plan: String
    /// Whether an SVG is made a picture even where the plan does not name a format.
    package var rasterisesSVG: Bool
    package var limits: Limits
    /// When the work stops by itself.
    package var deadline: Deadline
    /// Length of the original in bytes; written by the pool that gets the bytes.
    package var originalCount: Int
    /// In the order in which their bytes travel behind those of the original; written by the pool too.
    package var inputs: [Input]
    /// Whether nothing is made: the outcome's facts are those of the original, as its header tells them, and its bytes those
    /// of the original.
    package var onlyMeasures = false

    package init(
        plan: String, rasterisesSVG: Bool, limits: Limits, deadline: Deadline, originalCount: Int = 0,
        inputs: [Input] = []
    ) {
        self.plan = plan
        self.rasterisesSVG = rasterisesSVG
        self.limits = limits
        self.deadline = deadline
        self.originalCount = originalCount
        self.inputs = inputs
    }

    /// Whether it can travel to a render process at all. How long the bytes are makes no difference, so it can be asked
    /// before they are there.
    package func checkSize() throws(RenderFailure) {
        guard message.count <= MessageSocket.maximumLength else {
            throw .transformation(message: "the transformation is too long")
        }
        guard inputs.count <= Self.maximumInputs else {
            throw .transformation(message: "the layers show too many different files")
        }
    }

    private static let rasterisesMark: UInt8 = 1
    private static let measuresMark: UInt8 = 2

    /// As it travels to the render process.
    package var message: [UInt8] {
        var writer = MessageWriter()
        writer.write(plan)
        writer.write(UInt8((rasterisesSVG ? Self.rasterisesMark : 0) | (onlyMeasures ? Self.measuresMark : 0)))
        writer.write(Int64(limits.sourcePixels))
        writer.write(Int64(limits.outputPixels))
        writer.write(Int64(limits.frames))
        writer.write(Int64(limits.documentBytes))
        writer.write(deadline.nanoseconds)
        writer.write(Int64(originalCount))
        writer.write(UInt16(clamping: inputs.count))
        for input in inputs {
            writer.write(input.name)
            writer.write(Int64(input.count))
        }
        return writer.bytes
    }

    package init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        plan = try reader.readText()
        let marks = try reader.read(UInt8.self)
        (rasterisesSVG, onlyMeasures) = (marks & Self.rasterisesMark != 0, marks & Self.measuresMark != 0)
        limits = Limits(
            sourcePixels: Int(try reader.read(Int64.self)),
            outputPixels: Int(try reader.read(Int64.self)),
            frames: Int(try reader.read(Int64.self)),
            documentBytes: Int(try reader.read(Int64.self)))
        deadline = Deadline(nanoseconds: try reader.read(Int64.self))
        originalCount = Int(try reader.read(Int64.self))
        let inputCount = Int(try reader.read(UInt16.self))
        guard inputCount <= Self.maximumInputs else { throw MalformedMessage() }
        inputs = []
        for _ in 0..<inputCount {
            inputs.append(Input(name: try reader.readText(), count: Int(try reader.read(Int64.self))))
        }
    }
}
