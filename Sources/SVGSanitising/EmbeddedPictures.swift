import PictureHeaders

/// All pictures inside a drawing, bounded together: PNG, JPEG, GIF and WebP, by their first bytes and never by what their
/// addresses say.
struct EmbeddedPictures {
    private let maximum: Int
    private var pixels = 0

    init(limits: SVGLimits) {
        maximum = limits.embeddedPixels
    }

    /// The address of a picture, written anew: with the type that its bytes have, and no blanks in it. `nil` for what is no
    /// picture of a kind that is kept.
    mutating func address(of data: Substring) throws(SVGError) -> String? {
        guard let comma = data.utf8.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let type = data[..<comma].lowercased().filter { !$0.isWhitespace }
        guard type.hasSuffix(";base64"), let text = Base64Text(data[data.index(after: comma)...]),
            let header = PictureHeader(of: text.bytes.span.bytes), let mediaType = Self.mediaTypes[header.kind]
        else { return nil }
        let (total, overflow) = pixels.addingReportingOverflow(header.pixels)
        guard !overflow, total <= maximum else { throw .limit(.embeddedPixels, maximum: maximum) }
        pixels = total
        return "data:\(mediaType);base64,\(text.letters)"
    }

    private static let mediaTypes: [PictureHeader.Kind: String] = [
        .png: "image/png", .jpeg: "image/jpeg", .gif: "image/gif", .webp: "image/webp",
    ]
}
