import CVips
import Memory

extension Image {
    /// What a picture is written as. Qualities are 1…100.
    package enum Encoding: Sendable, Equatable {
        case jpeg(quality: Int, isProgressive: Bool = false)
        case png
        case webp(quality: Int, isLossless: Bool = false)
        case avif(quality: Int)
        case gif
    }

    /// How hard a lossless WebP is made small: libwebp's own default, and any better takes much longer.
    private static let losslessEffort: Int32 = 75

    /// Makes the pixels and writes them, with nothing beside them but `attachments`. Without a profile among these they
    /// have to be `inSRGB`.
    package func encoded(
        as encoding: Encoding, with attachments: Attachments = Attachments()
    ) throws(VipsError) -> EncodedBytes {
        let image = try withoutMetadata().carrying(attachments)
        limit.bind(to: image)
        let strip: Int32 = attachments.isEmpty ? 1 : 0
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let code = image.withPointer { image in
            switch encoding {
            case .jpeg(let quality, let isProgressive):
                apus_vips_jpegsave(image, Int32(quality), isProgressive ? 1 : 0, strip, &bytes, &count)
            case .png: apus_vips_pngsave(image, strip, &bytes, &count)
            case .webp(_, isLossless: true):
                apus_vips_webpsave(image, Self.losslessEffort, 1, strip, &bytes, &count)
            case .webp(let quality, isLossless: false):
                apus_vips_webpsave(image, Int32(quality), 0, strip, &bytes, &count)
            case .avif(let quality): apus_vips_avifsave(image, Int32(quality), strip, &bytes, &count)
            case .gif: apus_vips_gifsave(image, &bytes, &count)
            }
        }
        guard code == 0, let bytes else { throw .failed("\(encoding) save") }
        if encoding == .png, let profiled = attachments.profile, !PNGChunks(bytes, count).contains("iCCP") {
            // libpng leaves out a profile with the smallest fault, and says nothing of it; pixels that need it are no use.
            g_free(bytes)
            var rest = attachments
            rest.profile = nil
            return try fromColours(of: profiled).encoded(as: encoding, with: rest)
        }
        return EncodedBytes(adopting: bytes, count: count, of: encoding, with: attachments)
    }

    /// Without what the original says of its maker, camera and place.
    ///
    /// Not left to the encoders: libvips 8.14 writes EXIF and XMP into WebP also where it is told to strip.
    private func withoutMetadata() throws(VipsError) -> Image {
        let copy = try apply("copy") { image, out in apus_vips_copy(image, &out) }
        // Fields that make the picture itself cannot be removed, and are not.
        for field in copy.fieldNames where !Self.fieldsOfAnimations.contains(field) {
            copy.withPointer { _ = vips_image_remove($0, field) }
        }
        return copy
    }

    /// What the encoders of animations read.
    private static let fieldsOfAnimations: Set<String> = [
        VIPS_META_PAGE_HEIGHT, VIPS_META_N_PAGES, "delay", "loop", "background",
    ]
}
