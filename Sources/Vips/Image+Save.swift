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
        let stripped = try withoutMetadata()
        limit.bind(to: stripped)
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let code = stripped.withPointer { image in
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

    /// Without what the original says of its maker, camera and place.
    ///
    /// Not left to the encoders: libvips 8.14 writes EXIF and XMP into WebP also where it is told to strip.
    private func withoutMetadata() throws(VipsError) -> Image {
        let copy = try apply("copy") { image, out in apus_vips_copy(image, &out) }
        copy.withPointer { image in
            guard let fields = vips_image_get_fields(image) else { return }
            defer { g_strfreev(fields) }
            var next = fields
            while let field = next.pointee {
                // Fields that make the picture itself cannot be removed, and are not.
                if !Self.fieldsOfAnimations.contains(String(cString: field)) { vips_image_remove(image, field) }
                next += 1
            }
        }
        return copy
    }

    /// What the encoders of animations read.
    private static let fieldsOfAnimations: Set<String> = [
        VIPS_META_PAGE_HEIGHT, VIPS_META_N_PAGES, "delay", "loop", "background",
    ]
}
