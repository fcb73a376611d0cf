package import Transformation

extension RenderJob {
    /// Bytes of a variant beside its pixels and what it takes over from the original: a drawing that is written anew may be
    /// larger than it was.
    private static let otherBytes = 50_000_000
    /// Of a pixel that could not be compressed: four channels of 16 bits, and what the format adds.
    private static let pixelBytes = 9

    /// Whether a variant may be so large. Whoever has taken a render process over may say anything; the worker reads,
    /// sends and keeps what it says.
    package func mayGive(_ facts: VariantFacts) -> Bool {
        let (pixels, isTooMuch) = limits.outputPixels.multipliedReportingOverflow(by: Self.pixelBytes)
        guard !isTooMuch, facts.count >= 0 else { return facts.count >= 0 }
        return facts.count - min(originalCount, .max / 2) - Self.otherBytes <= pixels
    }
}

/// The facts of a variant that a render process has made; its bytes travel beside it in shared memory.
package struct VariantFacts: Sendable, Equatable {
    package var format: ImageFormat
    /// In pixels, of one frame.
    package var width: Int
    package var height: Int
    package var frames: Int
    /// Length in bytes.
    package var count: Int
    /// Decoding and all steps.
    package var transformation: Duration
    package var encode: Duration

    package init(
        format: ImageFormat, width: Int, height: Int, frames: Int, count: Int, transformation: Duration,
        encode: Duration
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.frames = frames
        self.count = count
        self.transformation = transformation
        self.encode = encode
    }
}

/// What comes back from a render process: facts, or why there are none.
package struct RenderOutcome {
    package let result: Result<VariantFacts, RenderFailure>

    package init(_ result: Result<VariantFacts, RenderFailure>) {
        self.result = result
    }

    /// As it travels back to the worker.
    package var message: [UInt8] {
        var writer = MessageWriter()
        switch result {
        case .success(let facts):
            writer.write(UInt8(1))
            writer.write(facts.format.rawValue)
            for number in [facts.width, facts.height, facts.frames, facts.count] { writer.write(Int64(number)) }
            for duration in [facts.transformation, facts.encode] { writer.write(Self.microseconds(duration)) }
        case .failure(let failure):
            writer.write(UInt8(0))
            failure.write(to: &writer)
        }
        return writer.bytes
    }

    package init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        guard try reader.read(UInt8.self) == 1 else {
            self.init(.failure(try RenderFailure(from: &reader)))
            return
        }
        guard let format = ImageFormat(rawValue: try reader.readText()) else { throw MalformedMessage() }
        self.init(
            .success(
                VariantFacts(
                    format: format,
                    width: Int(try reader.read(Int64.self)), height: Int(try reader.read(Int64.self)),
                    frames: Int(try reader.read(Int64.self)), count: Int(try reader.read(Int64.self)),
                    transformation: .microseconds(try reader.read(Int64.self)),
                    encode: .microseconds(try reader.read(Int64.self)))))
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
