import CVips

/// A picture in libvips: mostly a recipe, whose pixels are made when it is written.
///
/// Animations are one tall picture with their frames below each other. Belongs to the rendering thread; the bytes that
/// it was loaded from must stay in place as long as it or any image made of it lives.
package final class Image {
    private let pointer: UnsafeMutablePointer<VipsImage>
    /// Stops the work when pixels are made; kept alive for all that is made of this image.
    let limit: TimeLimit
    /// nil where all of it is picture.
    let extent: Extent?

    /// Owns `pointer` from here on.
    init(adopting pointer: UnsafeMutablePointer<VipsImage>, limit: TimeLimit, extent: Extent? = nil) {
        self.pointer = pointer
        self.limit = limit
        self.extent = extent
    }

    deinit { apus_vips_unref(pointer) }

    func withPointer<Result>(_ body: (UnsafeMutablePointer<VipsImage>) -> Result) -> Result {
        body(pointer)
    }

    /// Runs one operation that makes an image out of this one.
    func apply(
        _ operation: String,
        _ body: (UnsafeMutablePointer<VipsImage>, inout UnsafeMutablePointer<VipsImage>?) -> Int32
    ) throws(VipsError) -> Image {
        try Image.make(operation, limit: limit) { body(pointer, &$0) }
    }

    /// Runs one operation that makes an image. The pointer is adopted only when the call succeeded.
    static func make(
        _ operation: String, limit: TimeLimit, _ body: (inout UnsafeMutablePointer<VipsImage>?) -> Int32
    ) throws(VipsError) -> Image {
        var out: UnsafeMutablePointer<VipsImage>?
        guard body(&out) == 0, let out else { throw .failed(operation) }
        return Image(adopting: out, limit: limit)
    }

    // MARK: Facts

    /// In pixels; of an animation: of one frame.
    package var width: Int { Int(vips_image_get_width(pointer)) }
    /// In pixels, all frames together.
    package var totalHeight: Int { Int(vips_image_get_height(pointer)) }
    /// In pixels; of an animation: of one frame.
    package var height: Int { Int(vips_image_get_page_height(pointer)) }
    /// Frames that are loaded.
    package var frameCount: Int { height > 0 ? totalHeight / height : 1 }
    /// Frames (or pages) that the file has, loaded or not.
    package var frameCountInFile: Int { Int(vips_image_get_n_pages(pointer)) }
    package var bands: Int { Int(vips_image_get_bands(pointer)) }
    package var hasAlpha: Bool { vips_image_hasalpha(pointer) != 0 }
    package var hasColourProfile: Bool { vips_image_get_typeof(pointer, VIPS_META_ICC_NAME) != 0 }
    /// EXIF orientation, 1…8; 1 where there is none.
    package var orientation: Int { Int(vips_image_get_orientation(pointer)) }
    /// Whether applying the orientation swaps width and height.
    package var orientationSwapsSides: Bool { vips_image_get_orientation_swap(pointer) != 0 }

    var interpretation: VipsInterpretation { vips_image_get_interpretation(pointer) }
    var bandFormat: VipsBandFormat { vips_image_get_format(pointer) }

    /// Makes all pixels now, so that operations that read them in any order can follow.
    package func inMemory() throws(VipsError) -> Image {
        // Here and not where it was loaded: only what pulls the pixels is sure to be stopped, and a copy in memory has
        // nothing to do any more with the image that it was made of.
        limit.bind(to: self)
        guard let copy = vips_image_copy_memory(pointer) else { throw .failed("copy to memory") }
        return Image(adopting: copy, limit: limit, extent: extent)
    }
}
