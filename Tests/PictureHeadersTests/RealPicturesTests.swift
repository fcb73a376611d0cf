import Glibc
import PictureHeaders
import Testing

/// The pictures that come with the repository.
struct RealPicturesTests {
    @Test(arguments: [
        ("kleiber.jpg", PictureHeader.Kind.jpeg, 2310, 1299, 1), ("kleiber-cutout.png", .png, 640, 500, 1),
        ("earth.gif", .gif, 200, 200, 22), ("swift.svg", .svg, 0, 0, 1),
    ])
    func aSample(_ name: String, _ kind: PictureHeader.Kind, _ width: Int, _ height: Int, _ frames: Int) throws {
        let bytes = try #require(Self.bytes(of: name))
        let header = try #require(PictureHeader(of: bytes))
        #expect(header.kind == kind)
        #expect([header.width, header.height, header.frames] == [width, height, frames])
    }

    private static func bytes(of name: String) -> [UInt8]? {
        let folder = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        guard let file = fopen("/\(folder)/deploy/samples/\(name)", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 2_000_000)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }
}
