/// A JPEG as a camera and an editor leave it: stored on its side, with a place, a thumbnail and whatever else must or must
/// not go with a variant.
struct CameraFile {
    var orientation: UInt16 = 6
    var xmp = """
        <?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description \
        xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" rights="XMPRIGHTS"/></x:xmpmeta>
        """

    func jpeg(_ upright: Picture) throws -> [UInt8] {
        let file = try Originals.jpeg(Originals.stored(upright, for: UInt8(orientation)))
        let profile = Array("ICC_PROFILE\0".utf8) + [1, 1] + Originals.swappedProfile
        let segments =
            [
                (0xE1, Array("Exif\0\0".utf8) + exif), (0xE1, Array("http://ns.adobe.com/xap/1.0/\0\(xmp)".utf8)),
                (0xED, Self.photoshop), (0xE2, profile),
            ] as [(UInt8, [UInt8])]
        let head = segments.reduce(into: [UInt8]()) { bytes, segment in
            let count = segment.1.count + 2
            bytes += [0xFF, segment.0, UInt8(count >> 8), UInt8(count & 0xFF)] + segment.1
        }
        return file.prefix(2) + head + file.dropFirst(2)
    }

    /// Adobe's image resources: a thumbnail, and IPTC's copyright notice (2:116).
    static let photoshop: [UInt8] = {
        func resource(_ number: UInt8, _ body: [UInt8]) -> [UInt8] {
            Array("8BIM".utf8) + [4, number, 0, 0] + PNG.number(body.count) + body
                + (body.count % 2 == 1 ? [0] : [])
        }
        let notice = Array("IPTCRIGHTS!".utf8)
        return Array("Photoshop 3.0\0".utf8) + resource(0x0C, Array("PSTHUMBNAIL".utf8))
            + resource(4, [0x1C, 2, 116, 0, UInt8(notice.count)] + notice)
    }()

    /// TIFF 6.0, little-endian.
    private var exif: [UInt8] {
        let (main, camera, place, thumbnail) = (8, 200, 300, 400)
        func field(_ tag: UInt16, _ kind: UInt16, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            Self.little(Int(tag), 2) + Self.little(Int(kind), 2) + Self.little(count, 4)
                + (value + [0, 0, 0, 0]).prefix(4)
        }
        func directory(_ fields: [[UInt8]], next: Int = 0) -> [UInt8] {
            Self.little(fields.count, 2) + fields.flatMap(\.self) + Self.little(next, 4)
        }
        var file = [UInt8](repeating: 0, count: 700)
        func put(_ bytes: [UInt8], at place: Int) { file.replaceSubrange(place..<place + bytes.count, with: bytes) }
        put([0x49, 0x49, 42, 0] + Self.little(main, 4), at: 0)
        put(
            directory(
                [
                    field(0x010F, 2, 12, Self.little(120, 4)), field(0x0112, 3, 1, Self.little(Int(orientation), 2)),
                    field(0x011A, 5, 1, Self.little(140, 4)), field(0x011B, 5, 1, Self.little(140, 4)),
                    field(0x0128, 3, 1, [2, 0]), field(0x8769, 4, 1, Self.little(camera, 4)),
                    field(0x8825, 4, 1, Self.little(place, 4)),
                ], next: thumbnail), at: main)
        put(Array("SECRETMAKER\0".utf8), at: 120)
        put(Self.little(300, 4) + Self.little(1, 4), at: 140)
        put(directory([field(0x927C, 7, 12, Self.little(260, 4))]), at: camera)
        put(Array("MAKERSECRETS".utf8), at: 260)
        put(
            directory([field(1, 2, 2, Array("N\0".utf8)), field(2, 5, 3, Self.little(340, 4))]), at: place)
        put((0..<3).flatMap { Self.little(47 - $0, 4) + Self.little(1, 4) }, at: 340)
        put(
            directory([
                field(0x0103, 3, 1, [6, 0]), field(0x0201, 4, 1, Self.little(500, 4)),
                field(0x0202, 4, 1, Self.little(40, 4)),
            ]), at: thumbnail)
        put([0xFF, 0xD8] + Array("THUMBNAILOFTHEWHOLEPICTURE..........".utf8) + [0xFF, 0xD9], at: 500)
        return file
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
