import CPango

/// How far the lines of a layout reach, in whole pixels, added up in 64 bits.
///
/// Pango adds 1024ths of a pixel in 32 bits and does not notice when they are full: a sum that wraps makes lines short
/// and rectangles empty. No bound on scalars prevents it: how wide a glyph of a size is, is the font's affair.
struct LayoutReach {
    /// Of the longest line.
    private(set) var width = 0
    private(set) var height = 0

    init(_ layout: OpaquePointer) {
        var (longest, heights, lift) = (0, 0, 0)
        for line in Elements(list: pango_layout_get_lines_readonly(layout), of: PangoLayoutLine.self) {
            var (advances, shift) = (0, 0)
            for run in Elements(list: line.pointee.runs, of: PangoGlyphItem.self) {
                guard let glyphs = run.pointee.glyphs, let infos = glyphs.pointee.glyphs else { continue }
                for index in 0..<Int(glyphs.pointee.num_glyphs) {
                    let geometry = infos[index].geometry
                    advances += abs(Int(geometry.width))
                    shift = max(shift, abs(Int(geometry.x_offset)))
                    lift = max(lift, abs(Int(geometry.y_offset)))
                }
            }
            longest = max(longest, advances + shift)
            var logical = PangoRectangle()
            pango_layout_line_get_extents(line, nil, &logical)
            heights += abs(Int(logical.height))
        }
        width = longest / Int(PANGO_SCALE)
        height = (heights + lift) / Int(PANGO_SCALE)
    }
}

/// The elements of one of GLib's lists.
private struct Elements<Element>: Sequence, IteratorProtocol {
    private var rest: UnsafeMutablePointer<GSList>?

    init(list: UnsafeMutablePointer<GSList>?, of type: Element.Type) {
        rest = list
    }

    mutating func next() -> UnsafeMutablePointer<Element>? {
        guard let data = rest?.pointee.data else { return nil }
        rest = rest?.pointee.next
        return data.assumingMemoryBound(to: Element.self)
    }
}
