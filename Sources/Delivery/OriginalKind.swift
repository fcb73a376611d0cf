import HTTPRules
import Memory
import Transformation

/// What an original is: by its first bytes a picture, else by what its origin and its name say.
///
/// That it is a picture is never believed without the bytes, so that no page can pose as one.
enum OriginalKind: Equatable {
    case picture(ImageFormat)
    /// Origin or name say that it is a picture of a kind that is read here, and it is not.
    case falsePicture
    /// Anything else, with the `Content-Type` that it goes out with.
    case file(contentType: String)

    /// How far into a file the beginning of an SVG is looked for.
    private static let searchLength = 1024

    /// - Parameters:
    ///   - beginning: its first 1024 bytes or more, fewer where there are no more.
    ///   - said: its origin's `Content-Type`.
    ///   - name: the last segment of its path.
    init(_ beginning: any Blob, said: String?, name: String) {
        let found = beginning.withBytes { bytes in
            bytes.withUnsafeBytes { Self.format(of: $0.prefix(Self.searchLength)) }
        }
        if let found {
            self = .picture(found)
            return
        }
        let byName = MediaType(path: name)
        let byOrigin = said.flatMap { MediaType(parsing: $0) }.flatMap {
            Self.unspecific.contains($0.description) ? nil : $0
        }
        if Self.readable.contains(byName.description)
            || byOrigin.map({ Self.readable.contains($0.description) }) == true
        {
            self = .falsePicture
        } else {
            self = .file(contentType: byOrigin == nil ? byName.description : said ?? byName.description)
        }
    }

    /// What servers and buckets say when they do not know.
    private static let unspecific: Set<String> = [
        "application/octet-stream", "binary/octet-stream", "application/unknown", "application/x-unknown",
    ]
    /// Whether a `Content-Type` is that of a picture of a kind that is read here.
    static func isPicture(_ contentType: String) -> Bool { readable.contains(contentType) }

    private static let readable = Set(ImageFormat.allCases.map(\.mediaType) + ["image/heif", "image/jpg"])

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
