import CPango

/// A text set in lines.
struct TextLayout: ~Copyable {
    /// Owned.
    private let layout: OpaquePointer
    private let setting: TextSetting
    private let isFromFile: Bool

    init(_ text: CleanText, _ setting: TextSetting, _ font: JobFont) throws(TypesettingError) {
        guard let context = font.map.makeContext(), let made = pango_layout_new(context) else {
            throw .failed(call: "pango_layout_new", code: 0)
        }
        // The layout has a reference of its own.
        g_object_unref(UnsafeMutableRawPointer(context))
        layout = made
        self.setting = setting
        isFromFile = font.isFile
        Self.prepare(context, language: text.language)
        pango_layout_set_text(layout, text.utf8, -1)
        setLines()
        let description = description(font)
        pango_layout_set_font_description(layout, description)
        setAttributes(for: text.utf8, font.map.makeFont(context, description))
        pango_font_description_free(description)
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(layout))
    }

    private static func prepare(_ context: OpaquePointer, language: String) {
        pango_context_set_language(context, pango_language_from_string(language))
        // Neither way: Pango would swap left and right for paragraphs that run against the context.
        pango_context_set_base_dir(context, PANGO_DIRECTION_NEUTRAL)
        pango_context_set_round_glyph_positions(context, 0)
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        cairo_font_options_destroy(options)
    }

    /// Owned by the caller.
    private func description(_ font: JobFont) -> OpaquePointer? {
        let description = pango_font_description_new()
        pango_font_description_set_family(description, font.family)
        pango_font_description_set_absolute_size(description, setting.size * Double(PANGO_SCALE))
        if setting.isBold || font.isBold { pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD) }
        if setting.isItalic { pango_font_description_set_style(description, PANGO_STYLE_ITALIC) }
        return description
    }

    private func setLines() {
        if let width = setting.lineWidth { pango_layout_set_width(layout, Int32(clamping: width) * PANGO_SCALE) }
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        let alignment =
            switch setting.alignment {
            case .left: PANGO_ALIGN_LEFT
            case .center: PANGO_ALIGN_CENTER
            case .right: PANGO_ALIGN_RIGHT
            }
        pango_layout_set_alignment(layout, alignment)
    }

    /// Adopts `font`, the first that is asked for a character.
    private func setAttributes(for text: String, _ font: UnsafeMutablePointer<PangoFont>?) {
        let attributes = pango_attr_list_new()
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
        if setting.hasStrikethrough { pango_attr_list_insert(attributes, pango_attr_strikethrough_new(1)) }
        if let height = setting.lineHeight {
            let units = Int32(height * Double(PANGO_SCALE))
            pango_attr_list_insert(attributes, pango_attr_line_height_new_absolute(units))
        }
        if let font {
            for range in FallbackClusters(text, font: font).ranges {
                let attribute = pango_attr_family_new(FallbackClusters.family)
                attribute?.pointee.start_index = UInt32(clamping: range.lowerBound)
                attribute?.pointee.end_index = UInt32(clamping: range.upperBound)
                pango_attr_list_insert(attributes, attribute)
            }
            g_object_unref(font)
        }
        pango_layout_set_attributes(layout, attributes)
        pango_attr_list_unref(attributes)
    }

    func draw(_ limits: TextLimits) throws(TypesettingError) -> TextBitmap {
        try checkReach(limits)
        guard let ink = try inkBounds(limits) else { return .transparent(width: setting.lineWidth ?? 1) }
        try limits.check(width: max(ink.width, setting.lineWidth ?? 1), height: ink.height)
        let canvas = try TextCanvas(around: ink, lineWidth: setting.lineWidth, size: setting.size, limits)
        return try canvas.draw(setting, limits) { (cairo) throws(TypesettingError) in
            paint(on: cairo)
            let status = cairo_status(cairo)
            guard status == CAIRO_STATUS_SUCCESS else {
                throw isFromFile ? .damagedFont : .failed(call: "cairo", code: Int32(clamping: status.rawValue))
            }
        }
    }

    /// Outlines are filled where they fall; as glyphs they would be moved to whole pixels. Colours come with glyphs
    /// only.
    private func paint(on cairo: OpaquePointer) {
        // The first baseline lies between two rows of pixels: horizontal strokes are as sharp as they can be.
        let baseline = Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE)
        cairo_translate(cairo, 0, baseline.rounded() - baseline)
        if apus_layout_has_colours(layout) != 0 {
            pango_cairo_show_layout(cairo, layout)
        } else {
            pango_cairo_layout_path(cairo, layout)
            cairo_fill(cairo)
        }
    }

    /// Before Pango's sums are used: they are of 32 bits.
    private func checkReach(_ limits: TextLimits) throws(TypesettingError) {
        if let lineHeight = setting.lineHeight {
            let height = Double(pango_layout_get_line_count(layout) - 1) * lineHeight
            guard height <= Double(limits.side) else { throw .tooHigh(Int(height), maximum: limits.side) }
        }
        let reach = LayoutReach(layout)
        guard reach.width <= TextLimits.reach else { throw .tooWide(reach.width, maximum: limits.side) }
        guard reach.height <= TextLimits.reach else { throw .tooHigh(reach.height, maximum: limits.side) }
    }

    private func inkBounds(_ limits: TextLimits) throws(TypesettingError) -> PixelBounds? {
        var ink = PangoRectangle()
        var logical = PangoRectangle()
        pango_layout_get_extents(layout, &ink, &logical)
        // A single glyph of a stranger's font can be wider than 32 bits tell.
        guard ink.width >= 0 else { throw .tooWide(Int(UInt32(bitPattern: ink.width) >> 10), maximum: limits.side) }
        guard ink.height >= 0 else { throw .tooHigh(Int(UInt32(bitPattern: ink.height) >> 10), maximum: limits.side) }
        guard ink.width > 0, ink.height > 0 else { return nil }
        return PixelBounds(
            left: Int(ink.x) >> 10, top: Int(ink.y) >> 10,
            right: (Int(ink.x) + Int(ink.width) + 1023) >> 10, bottom: (Int(ink.y) + Int(ink.height) + 1023) >> 10)
    }
}

extension TextLimits {
    func check(width: Int, height: Int) throws(TypesettingError) {
        guard width <= side else { throw .tooWide(width, maximum: side) }
        guard height <= side else { throw .tooHigh(height, maximum: side) }
        try check(pixels: width, times: height)
    }

    /// Before memory is taken for it. The text itself is within `side`.
    func check(canvas: PixelBounds) throws(TypesettingError) {
        guard canvas.width <= Self.canvasSide else { throw .tooWide(canvas.width, maximum: side) }
        guard canvas.height <= Self.canvasSide else { throw .tooHigh(canvas.height, maximum: side) }
        try check(pixels: canvas.width, times: canvas.height)
    }

    private func check(pixels width: Int, times height: Int) throws(TypesettingError) {
        let (count, overflows) = width.multipliedReportingOverflow(by: height)
        guard !overflows, count <= pixels else { throw .tooManyPixels(count, maximum: pixels) }
    }
}
