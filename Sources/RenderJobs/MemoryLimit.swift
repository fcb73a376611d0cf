/// How much memory a job may hold, whatever its estimate was: no header tells what a drawing (SVG, PDF) takes, nor what a
/// file makes of its comments. The worker knows it by the headers of pictures; where something is drawn, the render process
/// says what it is as soon as it knows that. The worker looks how much the process holds, and ends it where that is more.
///
/// Not by `setrlimit(2)` alone: what does not get its memory leaves out a picture on a page, or calls the drawing damaged.
/// A process that reaches that limit, which is for everything that it maps, ends (`ThisProcess.endWithoutMemory`).
package struct MemoryLimit: Sendable, Equatable {
    /// Bytes for all that is held above what was expected: of a drawing, above the pixels that it is drawn in. A page that
    /// was scanned in black and white with 600 pixels an inch takes 140 MB of them, a photograph of 40 megapixels on a page
    /// 160 MB; pictures hold up to 100 MB more than expected (`deploy/bench costs`).
    package static let allowance = 200_000_000

    /// How many times the bytes that are expected of the rest of the work it may take: estimates are not exact.
    private static let excess = 2

    /// Bytes above what the process holds when the job begins.
    package let most: Int

    /// - Parameter cost: of the job.
    package init(for cost: RenderCost) {
        let expected = min(cost.bytes - cost.drawingBytes, Int.max / 4)
        most = Self.allowance + Self.excess * expected
    }

    /// How often a process may say so of one job: before it looks at a drawing, when it knows the original's size, and of each
    /// layer, which may show a larger page of what another has shown. More than any plan has.
    static let mostTold = 1_024

    private static let mark: UInt8 = 0xFE

    /// As it travels to the worker. No outcome begins so.
    package var message: [UInt8] {
        var writer = MessageWriter()
        writer.write(Self.mark)
        writer.write(Int64(most))
        return writer.bytes
    }

    package init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        guard try reader.read(UInt8.self) == Self.mark, case let most = try reader.read(Int64.self), most >= 0 else {
            throw MalformedMessage()
        }
        self.most = Int(most)
    }
}
