import Memory
import RenderJobs
import Transformation

/// Which kind of picture some bytes are, by their first bytes, for originals that go out as they are.
///
/// Nothing else goes out: what an origin says of its bytes is never believed, so that no page can pose as a picture.
struct PictureKind {
    let format: ImageFormat

    /// How far into a file the beginning of an SVG is looked for.
    private static let searchLength = 1024

    init(_ blob: any Blob) throws(DeliveryError) {
        let found = blob.withBytes { bytes in
            bytes.withUnsafeBytes { Self.format(of: $0.prefix(Self.searchLength)) }
        }
        guard let found else { throw DeliveryError(RenderPoolError.failed(.notAPicture)) }
        format = found
    }

    private static func format(of bytes: Slice<UnsafeRawBufferPointer>) -> ImageFormat? {
        func has(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }
        func begins(_ numbers: [UInt8]) -> Bool { bytes.starts(with: numbers) }
        if begins([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if has("GIF87a") || has("GIF89a") { return .gif }
        if has("RIFF"), has("WEBP", at: 8) { return .webp }
        if begins([0x49, 0x49, 0x2A, 0x00]) || begins([0x4D, 0x4D, 0x00, 0x2A]) { return .tiff }
        if has("ftyp", at: 4) {
            if has("avif", at: 8) || has("avis", at: 8) { return .avif }
            if ["heic", "heix", "hevc", "mif1", "msf1", "heim", "heis"].contains(where: { has($0, at: 8) }) {
                return .heic
            }
        }
        return isSVG(bytes) ? .svg : nil
    }

    /// Text that begins with markup and has an svg element among its first.
    private static func isSVG(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard start.hasPrefix("<svg") || start.hasPrefix("<?xml") || start.hasPrefix("<!") else { return false }
        return !start.lowercased().contains("<html") && start.contains("<svg")
    }
}
