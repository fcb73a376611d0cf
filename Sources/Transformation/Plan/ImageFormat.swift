/// The picture formats that are told apart, read or written.
package enum ImageFormat: String, Hashable, Sendable, CaseIterable {
    case jpeg, png, webp, avif, gif, svg, heic, tiff

    /// The media type, as `Content-Type` names it.
    package var mediaType: String {
        switch self {
        case .svg: "image/svg+xml"
        case .jpeg, .png, .webp, .avif, .gif, .heic, .tiff: "image/" + rawValue
        }
    }

    /// Whether variants are made in this format.
    package var isWritable: Bool {
        switch self {
        case .jpeg, .png, .webp, .avif, .gif: true
        case .svg, .heic, .tiff: false
        }
    }

    /// Whether the format can hold transparent pixels.
    package var holdsAlpha: Bool { self != .jpeg }
}

/// The modern formats that a client says it accepts; the others are taken for granted.
package struct AcceptedFormats: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let webp = AcceptedFormats(rawValue: 1)
    package static let avif = AcceptedFormats(rawValue: 2)
}
