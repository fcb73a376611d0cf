import RenderJobs
import Testing

@Suite struct FailureTests {
    static let strangers: [(String, [UInt8])] = [
        ("empty", []), ("one byte", [0xFF]), ("HTML", Array("<!doctype html><html><h1>404</h1></html>".utf8)),
        ("text", Array("hello, world".utf8)), ("zeros", [UInt8](repeating: 0, count: 5_000)),
        ("BMP", Array("BM".utf8) + [UInt8](repeating: 0, count: 100)),
    ]

    @Test(arguments: strangers)
    func whatIsNoPictureIsSaidToBeNone(_ name: String, _ bytes: [UInt8]) throws {
        #expect(try failure("f-png", of: bytes) == .notAPicture)
    }

    static let kinds: [(String, [UInt8])] = [
        ("PSD", Array("8BPS".utf8) + [0, 1, 0, 0]), ("EPS", Array("%!PS-Adobe-3.0 EPSF-3.0".utf8)),
        // Cut in its header, which libvips' own look at it does not survive.
        ("SVGZ", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0x55, count: 100)), ("SVGZ", [0x1F, 0x8B]),
    ]

    @Test(arguments: kinds)
    func kindsThatAreNotDecodedAreNamed(_ kind: String, _ bytes: [UInt8]) throws {
        #expect(try failure("f-png", of: bytes) == .notAvailable(kind: kind))
    }

    @Test(arguments: ["jpg", "png", "webp", "avif", "gif"], [0.3, 0.6, 0.9])
    func whatIsCutIsDamaged(_ format: String, _ part: Double) throws {
        let whole =
            format == "gif"
            ? AnimationTests.blinking.file : try variant("f-\(format),q-95", of: Originals.speckles(200, 150).png).bytes
        let cut = Array(whole.prefix(Int(Double(whole.count) * part)))
        for transformation in ["w-20,f-png", "f-webp", "rt-45,f-png"] {
            guard case .damaged? = try failure(transformation, of: cut) else {
                // The first frame of an animation may be whole.
                if format != "gif" { Issue.record("\(transformation) of \(cut.count) bytes is not damaged") }
                continue
            }
        }
    }

    @Test func rubbishBehindAGoodHeaderIsDamaged() throws {
        var png = Originals.speckles(100, 100).png
        for index in 500..<900 { png[index] ^= 0xA5 }
        guard case .damaged? = try failure("w-50,f-png", of: png) else {
            Issue.record("not damaged")
            return
        }
    }

    /// No combination of broken bytes may trap: the test program would end.
    @Test(arguments: ["jpg", "png", "webp", "gif"])
    func noByteIsTrusted(_ format: String) throws {
        let whole =
            format == "gif"
            ? AnimationTests.blinking.file : try variant("f-\(format)", of: Originals.quadrants(24, 16).png).bytes
        for index in stride(from: 4, to: min(whole.count, 400), by: 3) {
            var broken = whole
            broken[index] ^= 0xFF
            _ = try failure("w-10,f-png", of: broken)
        }
    }

    /// A header alone that promises 30,000 × 30,000 pixels.
    private static let huge = PNG.assembled([
        ("IHDR", PNG.number(30_000) + PNG.number(30_000) + [8, 2, 0, 0, 0]), ("IDAT", PNG.zlib([0])), ("IEND", []),
    ])

    @Test func aHugeHeaderIsRefusedBeforeAnythingIsDecoded() throws {
        #expect(try failure("w-10", of: Self.huge) == .sourceLimit("pixels", maximum: 20_000_000))
    }

    @Test func limitsCountEveryFrame() throws {
        var limits = standardLimits
        limits.frames = 3
        let animation = AnimationTests.blinking.file
        #expect(try failure("f-png", of: animation, limits: limits) == .sourceLimit("frames", maximum: 3))
        limits.frames = 4
        limits.sourcePixels = 60 * 40 * 4 - 1
        #expect(try failure("f-png", of: animation, limits: limits) == .sourceLimit("pixels", maximum: 9_599))
        limits.sourcePixels += 1
        #expect(try failure("f-png", of: animation, limits: limits) == nil)
    }

    @Test func theVariantHasALimitAtEveryStep() throws {
        var limits = standardLimits
        limits.outputPixels = 40_000
        let original = Originals.quadrants().png
        #expect(try failure("w-200,h-200,f-png", of: original, limits: limits) == nil)
        let tooLarge = RenderFailure.outputLimit("pixels of output", maximum: 40_000)
        #expect(try failure("w-201,h-200,f-png", of: original, limits: limits) == tooLarge)
        #expect(try failure("w-300:w-10,f-png", of: original, limits: limits) == tooLarge)
        #expect(try failure("rt-45,f-png", of: original, limits: limits) == tooLarge)
    }

    @Test func aWindowOutsideIsAnErrorOfTheTransformation() throws {
        let failure = try failure("w-50,h-50,cm-extract,xc-0,yc-0,f-png", of: Originals.quadrants().png)
        guard case .transformation(let message)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(message.contains("xc"))
    }

    @Test(arguments: ["f-png", "w-900,f-jpg", "bl-50,f-png", "rt-45:bl-50,f-webp", "r-max,f-png"])
    func timeThatIsOverStopsTheWork(_ transformation: String) throws {
        #expect(try failure(transformation, of: Originals.speckles(1_000, 1_500).png, within: .zero) == .outOfTime)
    }
}
