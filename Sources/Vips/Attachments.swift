import CVips

/// What a variant carries beside its pixels.
package struct Attachments {
    /// Carries the profile that the pixels are in; nil: they are in sRGB, which nobody needs to be told.
    package var profile: Image?
    /// The original, whose EXIF, XMP and IPTC come along, less what shows or tells what the variant does not.
    package var description: Image?
    /// Pixels an inch, for formats with a tag of their own.
    package var density: Int?

    package init() {}

    var isEmpty: Bool { profile == nil && description == nil && density == nil }

    var hasEXIF: Bool { description?.has(VIPS_META_EXIF_NAME) ?? false }
}

extension Image {
    private static let millimetresPerInch = 25.4

    /// Pixels an inch, as the file says; nil where it does not.
    package var density: Double? {
        // libvips' default where a file says nothing is one a millimetre.
        let density = withPointer { vips_image_get_xres($0) }
        return density > 1 && density.isFinite ? density * Self.millimetresPerInch : nil
    }

    /// A picture without metadata with that of `attachments`.
    func carrying(_ attachments: Attachments) throws(VipsError) -> Image {
        if attachments.isEmpty { return self }
        var image = try apply("copy") { apus_vips_copy($0, &$1) }
        attachments.profile?.withPointer { profiled in
            image.withPointer { apus_vips_copy_field(profiled, $0, VIPS_META_ICC_NAME) }
        }
        if let original = attachments.description { image.takeDescription(of: original) }
        // EXIF brings a density too.
        if let density = attachments.density {
            image = try image.apply("copy") {
                apus_vips_copy_with_density($0, Double(density) / Self.millimetresPerInch, &$1)
            }
            image.withPointer { vips_image_set_string($0, VIPS_META_RESOLUTION_UNIT, "in") }
        }
        return image
    }

    func has(_ field: String) -> Bool { withPointer { vips_image_get_typeof($0, field) != 0 } }

    // MARK: Description

    /// The encoders make EXIF anew: with size and density of the variant, and upright.
    private func takeDescription(of original: Image) {
        original.withPointer { source in withPointer { apus_vips_copy_field(source, $0, VIPS_META_EXIF_NAME) } }
        // libvips has taken EXIF apart; the encoders leave out of it what is not found here any more.
        for field in fieldNames where Self.isLeftOut(field) { withPointer { _ = vips_image_remove($0, field) } }
        take(VIPS_META_XMP_NAME, original.blob(VIPS_META_XMP_NAME).flatMap(DescriptionCleaning.xmp))
        take(VIPS_META_IPTC_NAME, original.blob(VIPS_META_IPTC_NAME).flatMap(DescriptionCleaning.photoshop))
    }

    /// The thumbnail, which shows the original uncropped, and directory 1, which describes it. What camera makers write for
    /// themselves may hold pictures too, and points to places that are elsewhere once it is written anew.
    private static func isLeftOut(_ field: String) -> Bool {
        field == VIPS_META_ORIENTATION || field == "jpeg-thumbnail-data" || field.hasPrefix("exif-ifd1-")
            || field.hasSuffix("-MakerNote") || field.hasSuffix("-Orientation")
    }

    private func take(_ field: String, _ bytes: [UInt8]?) {
        guard let bytes else { return }
        withPointer { vips_image_set_blob_copy($0, field, bytes, bytes.count) }
    }

    private func blob(_ field: String) -> [UInt8]? {
        withPointer { image in
            var data: UnsafeRawPointer?
            var length = 0
            guard vips_image_get_typeof(image, field) != 0, vips_image_get_blob(image, field, &data, &length) == 0,
                let data
            else { return nil }
            return [UInt8](UnsafeRawBufferPointer(start: data, count: length))
        }
    }

    var fieldNames: [String] {
        withPointer { image in
            guard let fields = vips_image_get_fields(image) else { return [] }
            defer { g_strfreev(fields) }
            var names: [String] = []
            var next = fields
            while let field = next.pointee {
                names.append(String(cString: field))
                next += 1
            }
            return names
        }
    }
}
