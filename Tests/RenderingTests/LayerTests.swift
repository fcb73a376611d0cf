import RenderJobs
import Testing

/// Pictures and areas laid on pictures: reference §9.
@Suite struct LayerTests {
    private static let base = Originals.plain([200, 200, 200], width: 120, height: 80).png
    private static let files = [
        "quad.png": Originals.quadrants(40, 20).png, "island.png": Originals.island.png,
        "red.png": Originals.plain([255, 0, 0], width: 30, height: 30).png,
        "half.png": Originals.plain([255, 0, 0, 128], width: 40, height: 40).png,
        "grey.png": Originals.plain([51], width: 40, height: 40).png,
        "text.txt": Array("no picture".utf8),
        "cut.png": Array(Originals.speckles(50, 50).png.prefix(400)),
    ]
    private let ground: [UInt8] = [200, 200, 200, 255]

    private func laid(_ layers: String, on base: [UInt8] = base) throws -> Picture {
        try picture(layers, of: base, layers: Self.files)
    }

    struct Facts: CustomTestStringConvertible, Sendable {
        let text: String
        let points: [(x: Int, y: Int, colour: [UInt8])]
        var testDescription: String { text }

        init(_ text: String, _ points: (Int, Int, [UInt8])...) {
            (self.text, self.points) = (text, points.map { (x: $0.0, y: $0.1, colour: $0.2) })
        }
    }

    private static let grey: [UInt8] = [200, 200, 200, 255]

    @Test(
        "What is seen where",
        arguments: [
            // In the middle, whole, its quadrants in place.
            Facts(
                "l-image,i-quad.png,t-false,l-end", (41, 31, red), (79, 31, green), (41, 48, blue),
                (79, 48, yellow),
                (39, 40, grey), (80, 40, grey), (60, 29, grey), (60, 50, grey)),
            Facts(
                "l-image,i-quad.png,t-false,lfo-top_left,l-end", (0, 0, red), (39, 19, yellow),
                (40, 20, grey)),
            Facts(
                "l-image,i-quad.png,t-false,lx-N5,ly-N0,l-end", (75, 60, red), (114, 79, yellow),
                (115, 79, grey)),
            Facts(
                "l-image,i-quad.png,t-false,lxc-30,lyc-30,l-end", (10, 20, red), (49, 39, yellow),
                (50, 40, grey)),
            // Its clear edges are cut, unless the URL says otherwise.
            Facts("l-image,i-island.png,lx-0,ly-0,l-end", (0, 0, white), (39, 39, white), (40, 40, grey)),
            Facts(
                "l-image,i-island.png,t-false,lx-0,ly-0,w-50,l-end", (10, 10, grey), (25, 25, white),
                (45, 45, grey)),
            // Larger than the base: cut off at its edges.
            Facts("l-image,i-quad.png,t-false,w-400,lx-0,ly-0,l-end", (0, 0, red), (119, 79, red)),
            Facts(
                "l-image,i-quad.png,t-false,w-400,l-end", (0, 0, red), (119, 0, green), (0, 79, blue),
                (119, 79, yellow)
            ),
            // Mixed by its alpha.
            Facts("l-image,i-half.png,t-false,l-end", (60, 40, [228, 100, 100, 255]), (10, 10, grey)),
            Facts("l-image,i-red.png,t-false,o-50,l-end", (60, 40, [228, 100, 100, 255])),
            Facts("l-image,i-grey.png,t-false,l-end", (60, 40, [51, 51, 51, 255])),
            // In the order in which they are written.
            Facts(
                "l-image,i-red.png,t-false,l-end,l-image,i-grey.png,t-false,w-10,l-end",
                (60, 40, [51, 51, 51, 255]),
                (50, 40, red)),
            Facts(
                "l-image,i-grey.png,t-false,w-10,l-end:l-image,i-red.png,t-false,l-end", (60, 40, red)),
            // A layer's own steps, in their order; sizes of the base.
            Facts(
                "l-image,i-red.png,t-false,w-bw_div_2,h-bh,lx-0,ly-0,l-end", (59, 79, red), (60, 79, grey)),
            Facts(
                "l-image,i-quad.png,t-false:rt-90,lx-0,ly-0,l-end", (0, 0, blue), (19, 0, red),
                (19, 39, green)),
            // Areas.
            Facts(
                "l-image,i-ik_canvas,bg-FF0000,w-30,h-10,l-end", (45, 35, red), (74, 44, red),
                (44, 40, grey),
                (60, 45, grey)),
            Facts("l-image,i-ik_canvas,bg-0000FF,l-end", (0, 0, blue), (119, 79, blue)),
            Facts(
                "l-image,i-ik_canvas,bg-FF000050,h-bh_div_10,ly-N0,l-end", (0, 71, grey),
                (0, 72, [227, 99, 99, 255])),
            Facts("l-image,i-ik_canvas,w-50,l-end", (60, 40, grey)),
            // Half a white that is multiplied changes nothing, half a red changes half of it.
            Facts("l-image,i-ik_canvas,bg-FFFFFF50,lm-multiply,l-end", (60, 40, grey)),
            Facts("l-image,i-half.png,t-false,lm-multiply,l-end", (60, 40, [200, 100, 100, 255])),
            // Modes.
            Facts(
                "l-image,i-grey.png,t-false,lm-multiply,l-end", (60, 40, [40, 40, 40, 255]), (10, 10, grey)),
            Facts("l-image,i-red.png,t-false,lm-multiply,l-end", (60, 40, [200, 0, 0, 255])),
            Facts(
                "l-image,i-red.png,t-false,lm-cutter,l-end", (60, 40, grey), (10, 10, [200, 200, 200, 0])),
            Facts(
                "l-image,i-red.png,t-false,lm-cutout,l-end", (60, 40, [200, 200, 200, 0]), (10, 10, grey)),
            Facts(
                "l-image,i-island.png,t-false,lm-cutter,lx-0,ly-0,l-end", (50, 50, grey),
                (10, 10, [200, 200, 200, 0])),
            // One inside another lies on that one.
            Facts(
                "l-image,i-ik_canvas,bg-0000FF,w-40,h-40,lfo-top_left,l-image,i-red.png,t-false,w-10,lfo-bottom_right,l-end,l-end",
                (29, 29, blue), (30, 30, red), (39, 39, red), (40, 40, grey)),
            // The step's own resize comes first, its layers last.
            Facts(
                "l-image,i-ik_canvas,bg-FF0000,w-10,h-10,lx-0,ly-0,l-end,w-60,bl-5", (0, 0, red),
                (9, 9, red),
                (10, 10, grey)),
        ])
    func sees(_ facts: Facts) throws {
        let picture = try laid(facts.text)
        for point in facts.points {
            let colour = picture.colour(point.x, point.y)
            // What cannot be seen may have any colour.
            if point.colour[3] == 0, colour[3] == 0 { continue }
            #expect(colour.isNear(point.colour), "\(point.x), \(point.y): \(colour)")
        }
    }

    @Test("The base keeps its size and its alpha")
    func bases() throws {
        let clear = try laid("l-image,i-red.png,t-false,w-10,l-end", on: Originals.island.png)
        #expect((clear.width, clear.height, clear.bands) == (100, 100, 4))
        #expect(
            clear.colour(0, 0)[3] == 0 && clear.colour(50, 50) == red && clear.colour(40, 40) == white)
        let grey = try laid(
            "l-image,i-red.png,t-false,w-10,l-end", on: Originals.plain([77], width: 40, height: 40).png)
        #expect(grey.colour(20, 20) == red && grey.colour(0, 0) == [77, 77, 77, 255])
        let onNothing = try laid("l-image,i-half.png,t-false,lx-0,ly-0,l-end", on: Originals.island.png)
        #expect(onNothing.colour(5, 5).isNear([255, 0, 0, 128]))
    }

    @Test(
        "A displacement map moves what lies below it, and what is beyond an edge looks like the edge")
    func displacement() throws {
        let base = Originals.quadrants(120, 80).png
        var files = Self.files
        files["right.png"] = Originals.plain([255, 128, 0], width: 10, height: 10).png
        let moved = try picture(
            "l-image,i-right.png,t-false,lm-displace,lx-20,ly-20,l-end", of: base, layers: files)
        #expect((moved.width, moved.height) == (120, 80))
        #expect(moved.colour(38, 10).isNear(red) && moved.colour(42, 10).isNear(green))
        #expect(moved.colour(119, 10).isNear(green) && moved.colour(38, 70).isNear(blue))
        let back = try picture(
            "l-image,i-right.png,t-false,lm-displace,lx-N20,l-end", of: base, layers: files)
        #expect(
            back.colour(78, 10).isNear(red) && back.colour(82, 10).isNear(green)
                && back.colour(0, 0).isNear(red))
    }

    @Test("Each frame of an animation has the layer")
    func animations() throws {
        let original = AnimatedGIF(
            width: 40, height: 40, frames: (1...3).map { .init(width: 40, height: 40, colour: UInt8($0)) }
        )
        let frames = try variant(
            "l-image,i-ik_canvas,bg-FFFFFF,w-10,h-10,l-end,f-webp,q-100", of: original.file,
            layers: Self.files
        ).frames()
        #expect(frames.count == 3)
        for frame in frames {
            #expect(frame.colour(20, 20).isNear(white, within: 12))
            #expect(!frame.colour(5, 5).isNear(white, within: 60))
        }
    }

    @Test("A small drawing is drawn in the size in which it is shown")
    func drawings() throws {
        let svg = Array(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect x="5" y="5" width="10" height="10"/></svg>
            """.utf8)
        let picture = try picture(
            "l-image,i-a.svg,w-100,h-60,c-force,l-end",
            of: Originals.plain([255, 255, 255], width: 120, height: 80).png,
            layers: ["a.svg": svg])
        // Sharp edges: no pixel between black and white but at the very edge.
        let row = (0..<120).map { picture.colour($0, 40)[0] }
        #expect(row.filter { (20...235).contains($0) }.count <= 2, "\(row)")
        #expect(row.filter { $0 < 20 }.count >= 98)
        let trimmed = try RenderingTests.picture("t-true,w-200:bg-white", of: svg)
        #expect(trimmed.width == 200 && trimmed.colour(1, 1).isNear(black, within: 40))
    }

    @Test(
        "What is wrong with a layer is said of it",
        arguments: [
            ("text.txt", RenderFailure.notAPicture), ("cut.png", .damaged(log: "")),
        ])
    func failures(name: String, expected: RenderFailure) throws {
        let found = try failure("l-image,i-\(name),l-end", of: Self.base, layers: Self.files)
        guard case .input("picture \(name)", let failure)? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        switch (failure, expected) {
        case (.damaged, .damaged): break
        default: #expect(failure == expected)
        }
    }

    @Test("Many large layers on a small picture are made only as far as they are seen")
    func manyLargeLayers() throws {
        let limits = RenderJob.Limits(
            sourcePixels: 20_000_000, outputPixels: 9_000_000, frames: 5, documentBytes: 5_000_000)
        let area = "l-image,i-ik_canvas,bg-FF000050,w-3000,h-3000,l-end"
        let texts = [Array(repeating: area, count: 20).joined(separator: ",")]
        for text in texts {
            let picture = try variant(text + ",f-png", of: Self.base, limits: limits).picture()
            #expect((picture.width, picture.height) == (120, 80))
            #expect(picture.colour(60, 40).isNear(red))
        }
    }

    @Test("What an animation keeps of its layers is limited")
    func layersOfAnimations() throws {
        let original = AnimatedGIF(
            width: 100, height: 100,
            frames: (1...2).map { .init(width: 100, height: 100, colour: UInt8($0)) })
        let limits = RenderJob.Limits(
            sourcePixels: 20_000_000, outputPixels: 25_000, frames: 5, documentBytes: 5_000_000)
        let area = "l-image,i-ik_canvas,bg-FF000050,l-end"
        _ = try variant("\(area),\(area),f-webp", of: original.file, limits: limits)
        let found = try failure("\(area),\(area),\(area),f-webp", of: original.file, limits: limits)
        #expect(found == .outputLimit("pixels of all layers", maximum: 25_000))
    }

    @Test(
        "Time that is over stops layers too",
        arguments: [
            "l-image,i-quad.png,l-end", "l-text,i-Hello,l-end",
            "l-image,i-quad.png,lm-displace,lx-20,l-end",
        ])
    func time(text: String) throws {
        let found = try failure(text, of: Self.base, within: .zero, layers: Self.files)
        #expect(found == .outOfTime)
    }

    @Test("Limits hold for layers as for originals")
    func limits() throws {
        let limits = RenderJob.Limits(sourcePixels: 10_000, outputPixels: 10_000, frames: 5, documentBytes: 5_000_000)
        let base = Originals.plain([1, 2, 3], width: 50, height: 50).png
        let files = ["large.png": Originals.plain([0, 0, 0], width: 200, height: 100).png]
        #expect(
            try failure("l-image,i-large.png,l-end", of: base, limits: limits, layers: files)
                == .input("picture large.png", .sourceLimit("pixels", maximum: 10_000)))
        for text in ["w-500,h-500", "w-bw_mul_50"] {
            let found = try failure("l-image,i-ik_canvas,\(text),l-end", of: base, limits: limits)
            #expect(found == .outputLimit("pixels of output", maximum: 10_000), "\(text)")
        }
    }
}
