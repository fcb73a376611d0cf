import CVips
import Memory

/// Bytes that libvips has written; freed with the object.
package final class EncodedBytes: Blob {
    package let count: Int
    nonisolated(unsafe) private let address: UnsafeMutableRawPointer

    init(adopting address: UnsafeMutableRawPointer, count: Int) {
        self.address = address
        self.count = count
    }

    /// The same, without the EXIF that encoders of libvips 8.14 make up by themselves (also where they are told to
    /// strip: 212 bytes of each WebP), or write twice.
    convenience init(
        adopting address: UnsafeMutableRawPointer, count: Int, of encoding: Image.Encoding,
        with attachments: Attachments
    ) {
        let bytes = UnsafeMutableRawBufferPointer(start: address, count: count)
        let kept =
            switch encoding {
            case .png: SuperfluousEXIF.dropRepeatedFromPNG(bytes)
            case .webp where !attachments.hasEXIF: SuperfluousEXIF.dropFromWebP(bytes)
            case .jpeg where !attachments.hasEXIF: SuperfluousEXIF.dropFromJPEG(bytes, density: attachments.density)
            case .jpeg, .webp, .avif, .gif: count
            }
        self.init(adopting: address, count: kept)
    }

    deinit { g_free(address) }

    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(RawSpan(_unsafeStart: address, byteCount: count))
    }
}
