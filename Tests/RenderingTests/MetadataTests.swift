import RenderJobs
import Testing
import Transformation

@Suite("Reference §17.8: md keeps metadata, less what the variant does not show")
struct MetadataTests {
    private static let original = Result { try CameraFile().jpeg(Originals.quadrants(120, 80)) }

    @Test("170", arguments: ["jpg", "png", "webp", "avif"])
    func kept(_ format: String) throws {
        let original = try Self.original.get()
        let variant = try variant("w-60,md-true,f-\(format)", of: original)
        #expect((variant.facts.width, variant.facts.height) == (60, 40))
        let bytes = variant.bytes
        #expect(bytes.contains("SECRETMAKER"))
        for secret in ["THUMBNAILOFTHEWHOLE", "PSTHUMBNAIL", "MAKERSECRETS", "tiff:Orientation=\"6\""] {
            #expect(original.contains(secret) && !bytes.contains(secret), "\(secret)")
        }
        // PNG has the packet in compressed form.
        if format != "png" { #expect(bytes.contains("XMPRIGHTS") && bytes.contains("tiff:Orientation=\"1\"")) }
        #expect(bytes.contains("IPTCRIGHTS!") == (format == "jpg"))
        #expect(
            bytes.contains("ICC_PROFILE") || bytes.contains("ICCP") || bytes.contains("iCCP") || bytes.contains("rICC"))
    }

    @Test("Pixels are upright already, so the orientation says so", arguments: ["jpg", "png", "webp"])
    func upright(_ format: String) throws {
        let bytes = try variant("md-true,q-95,f-\(format)", of: try Self.original.get()).bytes
        #expect(exif(of: bytes).flatMap { block in entry(0x0112, in: block).map { number(at: $0, 2, in: block) } } == 1)
        #expect(Container.parts(bytes).filter { ["eXIf", "EXIF"].contains($0.name) }.count <= 1)
        // Who reads the variant once more does not turn it again. The profile swaps red and green.
        let picture = try picture("", of: bytes)
        #expect((picture.width, picture.height) == (120, 80))
        #expect(picture.colour(20, 20).isNear(green, within: 40) && picture.colour(100, 20).isNear(red, within: 40))
    }

    @Test("Nothing leaves without md", arguments: ["jpg", "png", "webp", "avif"])
    func nothing(_ format: String) throws {
        for text in ["w-60", "cp-true", "dn-300", "md-false", "pr-true,lo-true"] {
            let bytes = try variant("f-\(format):\(text)", of: try Self.original.get()).bytes
            for secret in ["SECRETMAKER", "XMPRIGHTS", "IPTCRIGHTS", "THUMBNAIL", "Exif\0\0", "EXIF", "eXIf"] {
                #expect(!bytes.contains(secret), "\(secret) \(text)")
            }
        }
    }

    @Test func theDensityGoesIntoEXIFToo() throws {
        let bytes = try variant("md-true,f-webp,dn-idn_mul_2", of: try Self.original.get()).bytes
        let block = try #require(exif(of: bytes))
        let place = try #require(entry(0x011A, in: block).map { number(at: $0, 4, in: block) })
        #expect(number(at: place, 4, in: block) == 600 * number(at: place + 4, 4, in: block))
    }

    /// libpng unfolds all that is compressed before the first pixel.
    @Test(
        "What a PNG tells in many compressed words stays behind",
        arguments: [
            (isCompressed: true, length: 10_000, isKept: true), (true, 20_000, false), (false, 20_000, true),
        ])
    func textOfPNG(_ isCompressed: Bool, _ length: Int, _ isKept: Bool) throws {
        let xmp = Array(CameraFile().xmp.utf8)
        let text = xmp + [UInt8](repeating: 32, count: length - xmp.count)
        let head = Array("XML:com.adobe.xmp\0".utf8) + [isCompressed ? 1 : 0, 0, 0, 0]
        let extra = [("iTXt", head + (isCompressed ? PNG.zlib(text) : text)), ("tEXt", Array("Title\0short".utf8))]
        let file = PNG.file(
            width: 2, height: 1, bands: 3, depth: 8, samples: [255, 0, 0, 0, 255, 0], extra: extra)
        let variant = try variant("md-true,f-webp,lo-true", of: file)
        #expect((variant.facts.width, variant.facts.height) == (2, 1))
        #expect(variant.bytes.contains("XMPRIGHTS") == isKept)
    }

    @Test func picturesInsideXMPStayBehind() throws {
        var file = CameraFile()
        file.xmp += "<a xmlns:xmpGImg=\"http://ns.adobe.com/xap/1.0/g/img/\"/>"
        let bytes = try variant("md-true,f-jpg", of: try file.jpeg(Originals.quadrants(120, 80))).bytes
        #expect(!bytes.contains("XMPRIGHTS") && bytes.contains("SECRETMAKER"))
    }

    @Test("Damaged metadata harms nobody")
    func damaged() throws {
        let original = try Self.original.get()
        let start = try #require(original.indices.first { original[$0...].starts(with: "Exif\0\0".utf8) })
        for step in stride(from: 0, to: 700, by: 9) {
            var bytes = original
            for place in 0..<4 { bytes[start + 6 + step + place] = UInt8(truncatingIfNeeded: 251 &* (step + place)) }
            // A size or an orientation may be another one; a picture comes in any case.
            #expect(try variant("w-20,md-true,f-jpg", of: bytes).facts.format == .jpeg)
        }
    }

    // MARK: Reading EXIF

    private func exif(of bytes: [UInt8]) -> [UInt8]? {
        for (name, body) in Container.parts(bytes) where ["E1", "eXIf", "EXIF"].contains(name) {
            let body = body.starts(with: "Exif\0\0".utf8) ? body.dropFirst(6) : body
            if body.starts(with: "MM".utf8) || body.starts(with: "II".utf8) { return Array(body) }
        }
        return nil
    }

    private func number(at place: Int, _ count: Int, in exif: [UInt8]) -> Int {
        let bytes = exif[place..<place + count]
        return exif[0] == 0x49
            ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// Where the value of a tag of the first directory stands.
    private func entry(_ tag: Int, in exif: [UInt8]) -> Int? {
        let directory = number(at: 4, 4, in: exif)
        let entries = (0..<number(at: directory, 2, in: exif)).map { directory + 2 + 12 * $0 }
        return entries.first { number(at: $0, 2, in: exif) == tag }.map { $0 + 8 }
    }
}
