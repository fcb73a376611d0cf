/// Writes what is kept of a document, element by element.
struct DrawingWriter {
    private struct Frame {
        let name: String
        let kind: Vocabulary.Element
        let takesText: Bool
        /// In the graph.
        let index: Int
        /// Whether its start tag is closed already, because something lies inside.
        var hasContent = false
        /// Of a style sheet.
        var style: [UInt8] = []
    }

    private let limits: SVGLimits
    private var output: [UInt8] = []
    private var open: [Frame] = []
    /// Levels of elements that are left out.
    private var skipped = 0
    private var graph = ReferenceGraph()
    private var pictures: EmbeddedPictures
    /// Attributes that are of XLink's namespace.
    private var xlinks = 0
    /// In pixels, as the drawing says.
    private(set) var size: (width: Int, height: Int)?

    private static let xlink = "xlink:href"
    /// What is written of every document first; the other namespace follows where it is needed.
    private static let beginning = "<svg xmlns=\"\(Namespace.svgURI)\""

    init(limits: SVGLimits) {
        self.limits = limits
        pictures = EmbeddedPictures(limits: limits)
    }

    /// Length so far, in bytes.
    var count: Int { output.count }

    mutating func begin(_ element: XMLElement) throws(SVGError) {
        if open.isEmpty, skipped > 0 || element.namespace != .svg || element.name != "svg" { throw .notSVG }
        guard skipped == 0, element.namespace == .svg, let kind = Vocabulary.element(element.name), takesElements else {
            skipped += 1
            return
        }
        var attributes = AttributeList(of: element.name, kind)
        guard try attributes.add(element.attributes, pictures: &pictures) else {
            skipped += 1
            return
        }
        guard graph.count < limits.elements else { throw .limit(.elements, maximum: limits.elements) }
        if open.isEmpty {
            let size = DrawingSize(attributes.attributes)
            try size.check(maximum: limits.side)
            self.size = size.whole
        }
        closeStartTag()
        output.append(open.isEmpty ? Self.beginning : "<\(element.name)")
        let index = graph.open(id: attributes.id)
        for attribute in attributes.attributes {
            let start = output.count
            output.append(attribute)
            if attribute.name == Self.xlink { xlinks += 1 }
            for target in attribute.targets {
                graph.addReference(to: target, times: attributes.times(of: attribute), at: start..<output.count)
            }
        }
        let takesText = kind == .text ? element.name == "text" || open.last?.takesText == true : kind == .description
        open.append(Frame(name: element.name, kind: kind, takesText: takesText, index: index))
    }

    private var takesElements: Bool {
        switch open.last?.kind {
        case .description, .styleSheet: false
        default: true
        }
    }

    /// An element that something lies inside of has an end tag.
    private mutating func closeStartTag() {
        guard let last = open.indices.last, !open[last].hasContent else { return }
        open[last].hasContent = true
        output.append(UInt8(ascii: ">"))
    }

    mutating func add(_ text: [UInt8]) {
        guard skipped == 0, let last = open.indices.last, !text.isEmpty else { return }
        if open[last].kind == .styleSheet {
            open[last].style.append(contentsOf: text)
        } else if open[last].takesText {
            closeStartTag()
            output.append(escaping: text[...])
        }
    }

    mutating func end() throws(SVGError) {
        guard skipped == 0 else {
            skipped -= 1
            return
        }
        guard let last = open.last else { return }
        if last.kind == .styleSheet {
            let sheet = try StyleSheet(last.style, limits: limits, pictures: &pictures)
            if !sheet.text.isEmpty { closeStartTag() }
            output.append(escaping: sheet.text[...])
        }
        let hasContent = open.removeLast().hasContent
        graph.close(last.index)
        output.append(hasContent ? "</\(last.name)>" : "/>")
    }

    /// The document.
    mutating func finish() throws(SVGError) -> [UInt8] {
        let loops = try graph.loops(maximum: limits.drawnElements)
        let cut = loops.filter { output[$0].dropFirst().starts(with: Self.xlink.utf8) }
        var document: [UInt8] = []
        document.reserveCapacity(output.count + 100)
        document.append(Self.beginning)
        if xlinks > cut.count { document.append(" xmlns:xlink=\"\(Namespace.xlinkURI)\"") }
        var start = Self.beginning.utf8.count
        // Several may lie in one attribute.
        for loop in loops where loop.lowerBound >= start {
            document.append(contentsOf: output[start..<loop.lowerBound])
            start = loop.upperBound
        }
        document.append(contentsOf: output[start...])
        return document
    }
}
