import CVips
package import PictureHeaders

/// An operation of libvips failed. What failed is known from the call; libvips' text is only good for a log, since its
/// buffer belongs to the whole process (design §5).
package enum VipsError: Error, Equatable, CustomStringConvertible {
    /// The library could not be started.
    case notStarted(log: String)
    /// No loader that is allowed knows these bytes.
    case unknownFormat
    /// A loader would, and this installation does not want it.
    case switchedOff(PictureHeader.OptionalKind)
    case failed(operation: String, log: String)

    package var description: String {
        switch self {
        case .notStarted(let log): "libvips did not start: \(log)"
        case .unknownFormat: "no loader knows this format"
        case .switchedOff(let kind): "\(kind.rawValue) is switched off"
        case .failed(let operation, let log): "\(operation): \(log)"
        }
    }

    /// Takes libvips' text, so that the next failure does not show it again.
    static func failed(_ operation: String) -> VipsError {
        .failed(operation: operation, log: takeLog())
    }

    static func takeLog() -> String {
        guard let text = vips_error_buffer_copy() else { return "" }
        defer { g_free(text) }
        // A damaged file can make libvips write a line for each of its rows.
        return String(decoding: String(cString: text).utf8.prefix(500), as: UTF8.self)
    }
}
