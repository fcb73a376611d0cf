package import Deadlines

/// What a render process is asked to do with one original, whose bytes travel beside it in shared memory.
package struct RenderJob: Sendable, Equatable {
    /// What is refused before or while a picture is decoded (design §4.2, `limits`).
    package struct Limits: Sendable, Equatable {
        /// Pixels of an original, all frames together.
        package var sourcePixels: Int
        /// Pixels of a variant after any step, all frames together.
        package var outputPixels: Int
        /// Frames of an animation.
        package var frames: Int

        package init(sourcePixels: Int, outputPixels: Int, frames: Int) {
            self.sourcePixels = sourcePixels
            self.outputPixels = outputPixels
            self.frames = frames
        }
    }

    /// The plan's canonical text.
    package var plan: String
    /// Whether an SVG is made a picture even where the plan does not name a format.
    package var rasterisesSVG: Bool
    package var limits: Limits
    /// When the work stops by itself.
    package var deadline: Deadline
    /// Length of the original in bytes.
    package var originalCount: Int

    package init(plan: String, rasterisesSVG: Bool, limits: Limits, deadline: Deadline, originalCount: Int) {
        self.plan = plan
        self.rasterisesSVG = rasterisesSVG
        self.limits = limits
        self.deadline = deadline
        self.originalCount = originalCount
    }

    /// As it travels to the render process.
    package var message: [UInt8] {
        var writer = MessageWriter()
        writer.write(plan)
        writer.write(UInt8(rasterisesSVG ? 1 : 0))
        writer.write(Int64(limits.sourcePixels))
        writer.write(Int64(limits.outputPixels))
        writer.write(Int64(limits.frames))
        writer.write(deadline.nanoseconds)
        writer.write(Int64(originalCount))
        return writer.bytes
    }

    package init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        plan = try reader.readText()
        rasterisesSVG = try reader.read(UInt8.self) != 0
        limits = Limits(
            sourcePixels: Int(try reader.read(Int64.self)),
            outputPixels: Int(try reader.read(Int64.self)),
            frames: Int(try reader.read(Int64.self)))
        deadline = Deadline(nanoseconds: try reader.read(Int64.self))
        originalCount = Int(try reader.read(Int64.self))
    }
}
