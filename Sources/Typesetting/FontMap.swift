import CPango

/// Pango's fonts, made from one configuration.
final class FontMap {
    private let pointer: UnsafeMutablePointer<PangoFontMap>

    init(_ configuration: OpaquePointer) throws(TypesettingError) {
        guard let pointer = pango_cairo_font_map_new() else {
            throw .failed(call: "pango_cairo_font_map_new", code: 0)
        }
        self.pointer = pointer
        apus_pango_use_fonts(pointer, configuration)
    }

    deinit {
        g_object_unref(pointer)
    }

    /// Owned by the caller.
    func makeContext() -> OpaquePointer? {
        pango_font_map_create_context(pointer)
    }

    /// Owned by the caller.
    func makeFont(_ context: OpaquePointer, _ description: OpaquePointer?) -> UnsafeMutablePointer<PangoFont>? {
        pango_font_map_load_font(pointer, context, description)
    }

    /// Returns when Pango's thread has done with starting fontconfig; Pango itself waits for it before it loads a font.
    func awaitStart() {
        guard let context = makeContext() else { return }
        let description = pango_font_description_new()
        pango_font_description_set_family(description, BuiltInFont.defaultFamily)
        if let font = makeFont(context, description) { g_object_unref(font) }
        pango_font_description_free(description)
        g_object_unref(UnsafeMutableRawPointer(context))
    }
}
