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

    deinit { g_free(address) }

    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(RawSpan(_unsafeStart: address, byteCount: count))
    }
}

extension Image {
    /// What a picture is written as. Qualities are 1…100.
    package enum Encoding: Sendable, Equatable {
        case jpeg(quality: Int)
        case png
        case webp(quality: Int)
        case avif(quality: Int)
        case gif
    }

    /// Makes the pixels and writes them, without metadata and without a colour profile: call `inSRGB` before.
    package func encoded(as encoding: Encoding) throws(VipsError) -> EncodedBytes {
        limit.bind(to: self)
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let code = withPointer { image in
            switch encoding {
            case .jpeg(let quality): apus_vips_jpegsave(image, Int32(quality), &bytes, &count)
            case .png: apus_vips_pngsave(image, &bytes, &count)
            case .webp(let quality): apus_vips_webpsave(image, Int32(quality), &bytes, &count)
            case .avif(let quality): apus_vips_avifsave(image, Int32(quality), &bytes, &count)
            case .gif: apus_vips_gifsave(image, &bytes, &count)
            }
        }
        guard code == 0, let bytes else { throw .failed("\(encoding) save") }
        return EncodedBytes(adopting: bytes, count: count)
    }
}
