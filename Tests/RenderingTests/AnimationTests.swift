import RenderJobs
import Testing
import Transformation

@Suite struct AnimationTests {
    /// Red, then a green square that goes away, then a blue one that uncovers what was before, then a hole.
    static let blinking = AnimatedGIF(
        width: 60, height: 40, loops: 3,
        frames: [
            .init(width: 60, height: 40, colour: 1, delay: 20),
            .init(x: 30, y: 20, width: 30, height: 20, colour: 2, disposal: .background, delay: 5),
            .init(width: 10, height: 10, colour: 3, disposal: .previous, delay: 30),
            .init(x: 50, y: 0, width: 10, height: 10, colour: 4, delay: 7),
        ])

    struct Point: Sendable {
        let frame: Int
        let x: Int
        let y: Int
        let colour: [UInt8]

        init(_ frame: Int, _ x: Int, _ y: Int, _ colour: [UInt8]) {
            (self.frame, self.x, self.y, self.colour) = (frame, x, y, colour)
        }
    }

    static let points = [
        Point(0, 5, 5, red), Point(0, 45, 30, red), Point(1, 5, 5, red), Point(1, 45, 30, green), Point(2, 5, 5, blue),
        Point(2, 45, 30, [0, 0, 0, 0]), Point(3, 5, 5, red), Point(3, 55, 5, yellow), Point(3, 45, 30, [0, 0, 0, 0]),
        Point(3, 20, 20, red),
    ]

    @Test(arguments: ["gif", "webp"])
    func framesDelaysAndLoopsAreKept(_ format: String) throws {
        let variant = try variant("f-\(format),q-100", of: Self.blinking.file)
        #expect(variant.facts.frames == 4)
        #expect((variant.facts.width, variant.facts.height) == (60, 40))
        if format == "gif" {
            #expect(Timing(gif: variant.bytes) == Timing(delays: [200, 50, 300, 70], loops: 3))
        } else {
            // GIF counts repetitions, WebP how often it is played.
            #expect(Timing(webp: variant.bytes) == Timing(delays: [200, 50, 300, 70], loops: 4))
        }
    }

    @Test(arguments: ["gif", "webp"])
    func everyFrameShowsWhatItShowed(_ format: String) throws {
        let frames = try variant("f-\(format),q-100", of: Self.blinking.file).frames()
        try #require(frames.count == 4)
        for point in Self.points {
            let colour = frames[point.frame].colour(point.x, point.y)
            let matches = point.colour[3] == 0 ? colour[3] == 0 : colour.isNear(point.colour, within: 12)
            #expect(matches, "\(point): \(colour)")
        }
    }

    @Test(arguments: ["gif", "webp"])
    func stepsRunOnEveryFrameAndNotBeyond(_ format: String) throws {
        let frames = try variant("w-30,rt-180:fl-h,f-\(format),q-100", of: Self.blinking.file).frames()
        try #require(frames.count == 4)
        // Upside down now: what was at the top is at the bottom.
        #expect(frames.allSatisfy { ($0.width, $0.height) == (30, 20) })
        #expect(frames[0].colour(15, 0).isNear(red, within: 12))
        #expect(frames[0].colour(15, 19).isNear(red, within: 12))
        #expect(frames[1].colour(22, 5).isNear(green, within: 12))
        #expect(frames[2].colour(1, 18).isNear(blue, within: 12))
        #expect(frames[2].colour(22, 5)[3] == 0)
        #expect(frames[3].colour(28, 18).isNear(yellow, within: 12))
    }

    static let combinations = [
        "rt-90", "rt-45", "fl-v", "r-10", "r-max,rt-30", "bl-3", "w-20,h-20",
        "w-20,h-20,cm-extract,fo-bottom_right,rt-270",
        "w-100,h-100,cm-pad_resize,bg-blue,r-5,fl-v", "w-300:bl-2:h-10:rt-12", "e-grayscale,o-50",
    ]

    @Test(arguments: combinations, ["gif", "webp"])
    func everyStepTakesAnimations(_ transformation: String, _ format: String) throws {
        for original in [Self.blinking.file, try variant("f-webp", of: Self.blinking.file).bytes] {
            let variant = try variant("\(transformation),f-\(format)", of: original)
            #expect(variant.facts.frames == 4)
            let frames = try variant.frames()
            // Equal frames that follow one another become one.
            #expect((2...4).contains(frames.count))
            #expect(frames.allSatisfy { ($0.width, $0.height) == (variant.facts.width, variant.facts.height) })
        }
    }

    @Test(arguments: ["jpg", "png", "avif"])
    func aStillIsTheFirstFrame(_ format: String) throws {
        let variant = try variant("w-120,f-\(format)", of: Self.blinking.file)
        #expect(variant.facts.frames == 1)
        #expect((variant.facts.width, variant.facts.height) == (120, 80))
        #expect(try variant.picture().colour(90, 60).isNear(red, within: 8))
    }

    @Test func aGIFIsMadeOfAnimationsOnly() throws {
        let expected = RenderFailure.transformation(message: "f: gif is available for GIF and animated originals only")
        #expect(try failure("f-gif", of: Originals.quadrants().png) == expected)
        #expect(try failure("f-gif", of: Originals.jpeg(Originals.quadrants())) == expected)
        var still = Self.blinking
        still.frames.removeLast(3)
        #expect(try variant("f-gif", of: still.file).facts.frames == 1)
    }
}
