/// The query of a delivery URL, sorted by meaning.
package struct DeliveryQuery: Hashable, Sendable {
    /// The decoded values of `tr`, in order, without empty ones.
    package private(set) var transformations: [String] = []
    /// The bare item `orig-true`.
    package private(set) var asksForOriginal = false
    package private(set) var switches = DeliverySwitches()
    /// Everything else, raw and in order, joined with `&`: no meaning here, forwarded to web origins.
    package private(set) var passthrough = ""

    /// - Parameter kept: the names that are passed through; `nil`: all that have no meaning here.
    init(
        _ raw: some Collection<UInt8>, keeping kept: Set<String>?, limits: TransformationLimits
    ) throws(TransformationError) {
        let bytes = Array(raw)
        guard !bytes.isEmpty else { return }
        guard bytes.count <= limits.urlBytes else { throw .limitExceeded(.urlBytes, maximum: limits.urlBytes) }
        guard !bytes.containsControl else { throw .malformedURL(.controlCharacter) }
        let items = bytes.split(separator: UInt8(ascii: "&"), maxSplits: limits.queryItems)
        guard items.count <= limits.queryItems else { throw .limitExceeded(.queryItems, maximum: limits.queryItems) }
        var others: [ArraySlice<UInt8>] = []
        for item in items where try !take(item) && kept?.contains(Self.name(of: item)) != false {
            others.append(item)
        }
        passthrough = Self.text(of: others)
    }

    /// The items as received; what may not stand in a URL at all, spaces and raw bytes beyond ASCII, is escaped.
    private static func text(of items: [ArraySlice<UInt8>]) -> String {
        var bytes: [UInt8] = []
        for byte in items.joined(separator: [UInt8(ascii: "&")]) {
            if byte > 0x20, byte < 0x7F { bytes.append(byte) } else { bytes.appendEscaped(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Keeps an item that has a meaning; false for one that has none.
    private mutating func take(_ item: ArraySlice<UInt8>) throws(TransformationError) -> Bool {
        guard let key = Key(rawValue: Self.name(of: item)) else { return false }
        let value = try PercentDecoding.text(item.drop { $0 != UInt8(ascii: "=") }.dropFirst())
        switch key {
        case .transformation: if !value.isEmpty { transformations.append(value) }
        case .signature, .expiry: break
        case .attachment: switches.isAttachment = value == "true"
        case .attachmentFilename: switches.attachmentFilename = value.isEmpty ? nil : value
        // Without meaning for pictures; an SVG is kept from doing harm by its headers.
        case .sanitizeSvg: break
        case .objectVersion: throw .notAvailable(parameter: key.rawValue)
        case .sdkVersion: break
        case .original: asksForOriginal = asksForOriginal || value.isEmpty || value == "true"
        }
        return true
    }

    /// Decoded; empty where it cannot be, which is no name.
    private static func name(of item: ArraySlice<UInt8>) -> String {
        let name = PercentDecoding.decode(item.prefix { $0 != UInt8(ascii: "=") }, brokenEscape: .isLiteral)
        return name.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private enum Key: String {
        case transformation = "tr"
        case signature = "ik-s"
        case expiry = "ik-t"
        case attachment = "ik-attachment"
        case attachmentFilename = "ik-attachment-filename"
        case sanitizeSvg = "ik-sanitizeSvg"
        case objectVersion = "ik-obj-version"
        case sdkVersion = "ik-sdk-version"
        case original = "orig-true"
    }
}

/// The query parameters with a meaning of their own (reference §1.3, platform reference §2.8).
package struct DeliverySwitches: Hashable, Sendable {
    /// `ik-attachment=true`: the answer is a download.
    package var isAttachment = false
    /// `ik-attachment-filename`: decoded, UTF-8 without control characters, otherwise as the client wrote it.
    package var attachmentFilename: String?

    package init() {}
}
