import CVips

/// The formats that are decoded, as libvips' loaders tell them apart by the bytes (never by a name or a header).
package enum SourceFormat: String, Sendable, CaseIterable {
    case jpeg, png, webp, gif, tiff, heif, svg, pdf
}

extension Image {
    /// Which loader knows these bytes. Whether a HEIF is a HEIC, which may be switched off, it does not tell.
    package static func format(of bytes: RawSpan) throws(VipsError) -> SourceFormat {
        let loader = bytes.withUnsafeBytes { vips_foreign_find_load_buffer($0.baseAddress, $0.count) }
        guard let loader else {
            _ = VipsError.takeLog()
            throw .unknownFormat
        }
        let name = String(cString: loader)
        guard let format = SourceFormat.allCases.first(where: { $0.loader == name }) else { throw .unknownFormat }
        if let kind = format.optionalKind, !VipsLibrary.isOn(kind) {
            throw .switchedOff(kind)
        }
        return format
    }

    /// How much smaller than its file a picture is decoded. Each decoder can do only some of it.
    package enum Shrink {
        case none
        /// JPEG of that size in its file: 2, 4 or 8 times, inside the inverse cosine transform.
        case jpeg(times: Int, width: Int, height: Int)
        /// WebP, SVG, PDF: any factor; above 1 not for WebP.
        case scale(Double)
    }

    /// Reads the header; the pixels come when the image, or what is made of it, is written.
    /// - Parameters:
    ///   - page: which page or frame, or with which of them to begin, from 0; for kinds that have no more than one,
    ///     and where there are not as many, it is an error or the only one.
    ///   - allFrames: all frames of an animation, or one alone.
    ///   - limit: stops the work on the image, and on all that is made of it, when it has passed.
    package static func load(
        _ bytes: RawSpan, as format: SourceFormat, page: Int = 0, shrink: Shrink = .none, allFrames: Bool = false,
        limit: TimeLimit
    ) throws(VipsError) -> Image {
        let (page, pages) = (Int32(clamping: page), Int32(allFrames ? -1 : 1))
        var times: Int32 = 1
        var scale = 1.0
        var extent: Extent?
        switch shrink {
        case .none: break
        case .jpeg(let value, let width, let height):
            times = Int32(value)
            extent = Extent(width: width, height: height, shrunkBy: value)
        case .scale(let value): scale = value
        }
        let image = try bytes.withUnsafeBytes { bytes throws(VipsError) in
            try make("\(format.rawValue) load", limit: limit) { out in
                switch format {
                case .jpeg: apus_vips_jpegload(bytes.baseAddress, bytes.count, times, &out)
                case .png: apus_vips_pngload(bytes.baseAddress, bytes.count, &out)
                case .webp: apus_vips_webpload(bytes.baseAddress, bytes.count, page, pages, scale, &out)
                case .gif: apus_vips_gifload(bytes.baseAddress, bytes.count, page, pages, &out)
                case .tiff: apus_vips_tiffload(bytes.baseAddress, bytes.count, page, &out)
                case .heif: apus_vips_heifload(bytes.baseAddress, bytes.count, page, &out)
                case .svg: apus_vips_svgload(bytes.baseAddress, bytes.count, scale, &out)
                case .pdf: apus_vips_pdfload(bytes.baseAddress, bytes.count, page, scale, &out)
                }
            }
        }
        limit.bind(to: image)
        if let extent { return image.within(extent) }
        // A page is opaque: it lies on white.
        return format == .pdf ? try image.colourBands() : image
    }
}
