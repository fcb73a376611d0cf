/// What is left of an SVG.
package struct SanitisedDrawing: Sendable {
    /// A document in UTF-8, which the sanitiser leaves as it is when it is given it again.
    package let bytes: [UInt8]
    /// In pixels of CSS, 1 to `SVGLimits.side`; `nil` where it does not say so, or in units of a font.
    package let size: (width: Int, height: Int)?
}

/// Makes an SVG harmless: what is left of it draws, and does nothing else. It refers to nothing outside itself, runs
/// nothing, and is written anew from what was read, so that no two parsers can disagree about it.
///
/// What ordinary drawing programs write looks the same before and after.
package enum SVGSanitiser {
    /// - Parameter bytes: a file in UTF-8, UTF-16 with a byte order mark, ISO 8859-1, Windows-1252 or US-ASCII; not packed.
    package static func sanitise(_ bytes: RawSpan, limits: SVGLimits = SVGLimits()) throws(SVGError) -> SanitisedDrawing
    {
        guard bytes.byteCount <= limits.bytes else { throw .limit(.bytes, maximum: limits.bytes) }
        var reader = XMLReader(try TextDecoding.decode(bytes), limits: limits)
        var drawing = DrawingWriter(limits: limits)
        while let token = try reader.next() {
            switch token {
            case .start(let element): try drawing.begin(element)
            case .end: try drawing.end()
            case .text(let text): drawing.add(text)
            }
            guard drawing.count <= limits.outputBytes else { throw .limit(.outputBytes, maximum: limits.outputBytes) }
        }
        return SanitisedDrawing(bytes: try drawing.finish(), size: drawing.size)
    }

    /// As above, of a whole array: the entry point for tests and fuzzers.
    package static func sanitise(_ bytes: [UInt8], limits: SVGLimits = SVGLimits()) throws(SVGError) -> [UInt8] {
        try sanitise(bytes.span.bytes, limits: limits).bytes
    }
}
