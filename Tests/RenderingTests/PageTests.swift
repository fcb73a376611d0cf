import RenderJobs
import Testing
import Transformation

/// `pg`, and what `ik-thumbnail.jpg` makes the default (reference §1.2, §8.5).
@Suite struct PageTests {
    static let pages = [
        Documents.Page(width: 200, height: 100, colour: red), Documents.Page(width: 60, height: 120, colour: blue),
    ]
    static let pdf = Documents.pdf(pages)
    static let tiff = Documents.tiff(pages)
    static let blinking = AnimationTests.blinking.file

    /// What `…/ik-thumbnail.jpg` answers.
    static func thumbnail(
        _ transformation: String = "", of original: [UInt8], accepting: AcceptedFormats = [.webp]
    ) throws -> Variant {
        try variant(transformation, of: original, accepting: accepting, defaults: OutputDefaults().ofThumbnail)
    }

    // MARK: Documents

    struct Case: Sendable, CustomTestStringConvertible {
        let kind: String
        let file: [UInt8]
        var testDescription: String { kind }
    }

    static let documents = [Case(kind: "PDF", file: pdf), Case(kind: "TIFF", file: tiff)]

    @Test(arguments: documents)
    func everyPageHasItsOwnSizeAndItsOwnPicture(_ document: Case) throws {
        let first = try picture("", of: document.file)
        #expect((first.width, first.height) == (200, 100))
        #expect(first.colour(50, 50).isNear(red))
        #expect(first.colour(150, 50).isNear(white))
        #expect(try picture("pg-1", of: document.file) == first)
        let second = try picture("pg-2", of: document.file)
        #expect((second.width, second.height) == (60, 120))
        #expect(second.colour(15, 60).isNear(blue))
        #expect(second.colour(45, 60).isNear(white))
    }

    @Test(arguments: documents)
    func stepsFindThePage(_ document: Case) throws {
        let crop = try picture("pg-2,w-30,h-30,fo-left", of: document.file)
        #expect((crop.width, crop.height) == (30, 30))
        #expect(crop.colour(5, 15).isNear(blue, within: 6))
        let turned = try picture("pg-2,w-iw_div_2:rt-90", of: document.file)
        #expect((turned.width, turned.height) == (60, 30))
    }

    @Test func aPageIsDrawnInTheSizeThatIsAskedFor() throws {
        // An enlarged one has sharp edges: it was drawn, not scaled up.
        let large = try picture("w-2000", of: Self.pdf)
        #expect((large.width, large.height) == (2000, 1000))
        #expect(large.colour(996, 500).isNear(red))
        #expect(large.colour(1003, 500).isNear(white))
        let small = try picture("w-20", of: Self.pdf)
        #expect((small.width, small.height) == (20, 10))
        #expect(small.colour(4, 5).isNear(red, within: 12))
    }

    @Test func aPageIsOpaqueAndWhite() throws {
        #expect(try variant("", of: Self.pdf).facts.format == .jpeg)
        #expect(try variant("", of: Self.pdf, accepting: .webp).facts.format == .webp)
        let page = try picture("bg-00FF00", of: Self.pdf)
        #expect(page.colour(150, 50).isNear(white))
    }

    @Test func illustratorsFilesThatArePDFInsideAreRead() throws {
        let file = Documents.pdf(Self.pages, catalogue: "/PieceInfo << /Illustrator 2 0 R >> ")
        #expect(try picture("", of: file).colour(50, 50).isNear(red))
    }

    // MARK: Frames

    @Test(arguments: ["gif", "webp"])
    func aFrameIsAStill(_ format: String) throws {
        let file = try format == "gif" ? Self.blinking : variant("f-webp,q-100", of: Self.blinking).bytes
        for point in AnimationTests.points {
            let still = try variant("pg-\(point.frame + 1),f-png", of: file)
            #expect(still.facts.frames == 1)
            let colour = try still.picture().colour(point.x, point.y)
            let matches = point.colour[3] == 0 ? colour[3] == 0 : colour.isNear(point.colour, within: 12)
            #expect(matches, "\(point): \(colour)")
        }
    }

    @Test func aStillOfAnAnimationIsStillInItsOwnFormat() throws {
        let still = try variant("pg-2,f-gif", of: Self.blinking)
        #expect(still.facts.format == .gif)
        #expect(still.facts.frames == 1)
        #expect(try variant("pg-2", of: Self.blinking, accepting: .webp).facts.format == .webp)
        #expect(try variant("pg-2", of: Self.blinking).facts.format == .png)
    }

    // MARK: Thumbnails

    static let animated = [Case(kind: "GIF", file: blinking)]

    @Test(arguments: documents + animated)
    func aThumbnailIsAJPEGOfTheFirstPage(_ document: Case) throws {
        let thumbnail = try Self.thumbnail("w-30", of: document.file)
        #expect(thumbnail.facts.format == .jpeg)
        #expect(thumbnail.facts.frames == 1)
        #expect(thumbnail.facts.width == 30)
        #expect(try thumbnail.picture().colour(3, 3).isNear(red, within: 12))
    }

    @Test func aThumbnailTakesPageAndFormatFromTheURL() throws {
        let second = try Self.thumbnail("pg-2", of: Self.pdf)
        #expect((second.facts.width, second.facts.height, second.facts.format) == (60, 120, .jpeg))
        #expect(try Self.thumbnail("f-png", of: Self.pdf).facts.format == .png)
        #expect(try Self.thumbnail("f-auto", of: Self.pdf).facts.format == .webp)
        #expect(try Self.thumbnail("f-orig", of: Self.blinking).facts.format == .gif)
    }

    @Test func whatHasOnePictureHasAThumbnailToo() throws {
        #expect(try Self.thumbnail(of: Originals.quadrants().png).facts.format == .jpeg)
    }

    // MARK: Refusals

    @Test(
        arguments: [
            (Case(kind: "PDF", file: pdf), "no page 3; the original has 2 pages"),
            (Case(kind: "TIFF", file: tiff), "no page 3; the original has 2 pages"),
            (Case(kind: "GIF", file: blinking), "no frame 5; the original has 4 frames"),
            (Case(kind: "PNG", file: Originals.quadrants(8, 8).png), "no page 2; the original has 1 page"),
        ])
    func aMissingPageIsSaidToBeMissing(_ document: Case, _ message: String) throws {
        let page = message.first { $0.isNumber }.map { String($0) } ?? ""
        #expect(try failure("pg-\(page)", of: document.file) == .transformation(message: "parameter pg: " + message))
    }

    @Test(arguments: documents)
    func damagedDocumentsAreSaidToBe(_ document: Case) throws {
        for length in [130, 150] {
            let failure = try failure("w-5", of: Array(document.file.prefix(length)))
            guard case .damaged? = failure else {
                Issue.record("\(length) bytes: \(String(describing: failure))")
                continue
            }
        }
    }

    /// The standard security handler, revision 2 (ISO 32000-1 §7.6.3), with keys that no password fits.
    @Test func encryptedDocumentsAreDamaged() throws {
        let key = String(repeating: "A5", count: 32)
        let encrypted = Documents.pdf(
            Self.pages,
            trailer: "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <\(key)> /U <\(key)> >> ")
        guard case .damaged? = try failure("", of: encrypted) else {
            Issue.record("not damaged")
            return
        }
    }

    @Test func largeDocumentsAreRefused() throws {
        var limits = standardLimits
        limits.documentBytes = Self.pdf.count - 1
        #expect(try failure("w-10", of: Self.pdf, limits: limits) == .sourceLimit("bytes", maximum: Self.pdf.count - 1))
        // Pictures have a limit of their own.
        #expect(try failure("w-10", of: Self.tiff, limits: limits) == nil)
    }

    @Test func hugePagesAreRefusedBeforeTheyAreDrawn() throws {
        let poster = Documents.pdf([Documents.Page(width: 14_400, height: 14_400, colour: red)])
        #expect(try failure("w-10", of: poster) == .sourceLimit("pixels", maximum: 20_000_000))
    }

    /// Only what has to be decoded counts: the frames up to the one that is wanted.
    @Test func framesBehindTheOneThatIsWantedCostNothing() throws {
        var limits = standardLimits
        limits.frames = 2
        #expect(try failure("pg-2", of: Self.blinking, limits: limits) == nil)
        #expect(try failure("pg-3", of: Self.blinking, limits: limits) == .sourceLimit("frames", maximum: 2))
        #expect(try failure("f-gif", of: Self.blinking, limits: limits) == .sourceLimit("frames", maximum: 2))
    }

    /// No broken byte may trap: the test program would end.
    @Test func noByteOfADocumentIsTrusted() throws {
        for index in stride(from: 5, to: Self.pdf.count, by: 7) {
            var broken = Self.pdf
            broken[index] ^= 0x15
            _ = try failure("pg-2,w-20", of: broken)
        }
    }
}
