package import PictureHeaders
package import Transformation

/// What a render is expected to take, before a pixel is decoded: by this the gate decides who is let in, and when.
package struct RenderCost: Sendable, Equatable {
    package let lane: RenderLane
    /// What the render process will hold at most for this job, above what it holds when it is idle.
    package let bytes: Int
    /// How much of that is not expected, but left to drawings: nobody knows before what they take, nor for how long.
    package let drawingBytes: Int
    /// Whether no header tells of something that goes into it, or not all, so that `bytes` may be far from what it holds.
    package let isGuessed: Bool
    /// Of one processor, as on the machine that `RenderRates` were measured on; what another one takes is learned.
    package let seconds: Double

    /// The most that a job of the fast lane takes.
    package static let fastSeconds = 0.3
    package static let fastBytes = 64_000_000

    package init(lane: RenderLane, bytes: Int, seconds: Double, drawingBytes: Int = 0, isGuessed: Bool = false) {
        (self.lane, self.isGuessed) = (lane, isGuessed)
        self.bytes = max(0, bytes)
        self.drawingBytes = min(max(0, drawingBytes), self.bytes)
        self.seconds = seconds.isFinite ? min(max(seconds, 0.001), 10_000) : 10_000
    }

    /// Of what needs no estimate: a header is read, a picture of a few pixels is made.
    package static let least = RenderCost(lane: .fast, bytes: 8_000_000, seconds: 0.005)

    /// - Parameters:
    ///   - bytes: that are expected.
    ///   - isAnimated: whether all frames are made.
    ///   - drawingBytes: that come on top of them for drawings.
    init(bytes: Double, seconds: Double, isAnimated: Bool, drawingBytes: Double = 0, isGuessed: Bool) {
        // Nobody knows either how long a drawing takes.
        let isFast = seconds <= Self.fastSeconds && bytes <= Double(Self.fastBytes) && drawingBytes == 0
        self.init(
            lane: isAnimated ? .animated : isFast ? .fast : .heavy, bytes: Self.whole(bytes + drawingBytes),
            seconds: seconds, drawingBytes: Self.whole(drawingBytes), isGuessed: isGuessed)
    }

    /// The same where no job may hold more than that: what is left to drawings is what there is.
    package func fitted(to most: Int) -> RenderCost {
        let excess = min(drawingBytes, max(0, bytes - most))
        return RenderCost(
            lane: lane, bytes: bytes - excess, seconds: seconds, drawingBytes: drawingBytes - excess,
            isGuessed: isGuessed)
    }

    /// What is no number is too much.
    private static func whole(_ bytes: Double) -> Int {
        let most = 1e15
        return bytes.isNaN ? Int(most) : Int(min(max(bytes, 0), most))
    }
}

extension RenderCost {
    /// Something that goes into a picture, as far as its cost counts.
    package struct Part: Sendable, Equatable {
        /// `nil` where the bytes do not tell what they are.
        package let header: PictureHeader?
        /// Length in bytes.
        package let count: Int

        package init(_ header: PictureHeader?, count: Int) {
            (self.header, self.count) = (header, count)
        }
    }

    /// - Parameter inputs: what layers show, by the name that the plan has for it.
    package init(
        of plan: Plan, original: Part, inputs: [String: Part] = [:], limits: RenderJob.Limits,
        rasterisesSVG: Bool = false
    ) {
        var estimate = RenderEstimate(plan, original, inputs, limits, rasterisesSVG: rasterisesSVG)
        self = estimate.cost()
    }
}
