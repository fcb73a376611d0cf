/// Takes a document apart, strictly: what is not well-formed is an error and never guessed at, but for text and `--`
/// inside comments, of which nothing is kept.
///
/// Comments and processing instructions are left out, CDATA sections are text, and references to characters and
/// entities are replaced by what they stand for, so that nobody after this has to judge a spelling.
struct XMLReader {
    enum Token {
        case start(XMLElement)
        case end
        case text([UInt8])
    }

    private var scanner: XMLScanner
    private let limits: SVGLimits
    private var documentType: DocumentType?
    /// Names of the elements that are open, as they stand in the text.
    private var open: [Range<Int>] = []
    private var namespaces: Namespaces
    /// The element that was just begun is empty: its end comes next.
    private var isEmptyElement = false
    private var hasBegun = false
    private var entityBytes = 0

    init(_ text: [UInt8], limits: SVGLimits) {
        scanner = XMLScanner(text)
        self.limits = limits
        namespaces = Namespaces(limits: limits)
    }

    /// `nil` at the end of a document that is complete.
    mutating func next() throws(SVGError) -> Token? {
        if isEmptyElement {
            isEmptyElement = false
            return close()
        }
        while !scanner.isAtEnd {
            if !open.isEmpty, scanner.next != UInt8(ascii: "<") { return .text(try text()) }
            if open.isEmpty { scanner.skipSpaces() }
            if scanner.isAtEnd { break }
            if scanner.skip("<!--") {
                _ = try scanner.skip(past: "-->")
            } else if scanner.skip("<?") {
                _ = try scanner.skip(past: "?>")
            } else if !open.isEmpty, scanner.skip("<![CDATA[") {
                return .text(Array(scanner.bytes[try scanner.skip(past: "]]>")]))
            } else if !hasBegun, documentType == nil, scanner.skip("<!DOCTYPE") {
                documentType = try DocumentType(&scanner, limits: limits)
            } else if !open.isEmpty, scanner.skip("</") {
                return try end()
            } else if !(hasBegun && open.isEmpty), scanner.skip("<") {
                return .start(try start())
            } else {
                throw scanner.fault(.content)
            }
        }
        guard hasBegun, open.isEmpty else { throw scanner.fault(.unfinished) }
        return nil
    }

    private mutating func close() -> Token {
        open.removeLast()
        namespaces.leave(depth: open.count)
        return .end
    }

    private mutating func end() throws(SVGError) -> Token {
        let name = try scanner.name()
        scanner.skipSpaces()
        guard let begun = open.last, scanner.bytes[begun] == scanner.bytes[name] else { throw scanner.fault(.end) }
        guard scanner.skip(">") else { throw scanner.fault(.tag) }
        return close()
    }

    // MARK: Start tags

    private mutating func start() throws(SVGError) -> XMLElement {
        hasBegun = true
        let name = try scanner.name()
        var attributes: [(name: String, value: [UInt8])] = []
        var names: Set<String> = []
        while true {
            let isApart = scanner.skipSpaces()
            if scanner.skip("/>") {
                isEmptyElement = true
                break
            }
            if scanner.skip(">") { break }
            guard isApart else { throw scanner.fault(.tag) }
            guard attributes.count < limits.attributes else { throw .limit(.attributes, maximum: limits.attributes) }
            let attribute = try attribute()
            guard names.insert(attribute.name).inserted else { throw scanner.fault(.duplicate) }
            attributes.append(attribute)
        }
        open.append(name)
        guard open.count <= limits.depth else { throw .limit(.depth, maximum: limits.depth) }
        return try namespaces.resolve(scanner.text(name), attributes, depth: open.count, isRoot: open.count == 1)
    }

    private mutating func attribute() throws(SVGError) -> (name: String, value: [UInt8]) {
        let name = try scanner.name()
        scanner.skipSpaces()
        guard scanner.skip("=") else { throw scanner.fault(.attribute) }
        scanner.skipSpaces()
        let range = try scanner.quoted(orThrow: .attribute)
        return (scanner.text(name), try value(range))
    }

    /// With all references replaced and blanks for the other spaces (XML 1.0 §3.3.3).
    private mutating func value(_ range: Range<Int>) throws(SVGError) -> [UInt8] {
        var inside = XMLScanner(scanner.bytes, at: range.lowerBound)
        var value: [UInt8] = []
        value.reserveCapacity(range.count)
        while inside.position < range.upperBound, let byte = inside.next {
            inside.advance()
            switch byte {
            case UInt8(ascii: "<"): throw inside.fault(.attribute)
            case UInt8(ascii: "&"):
                switch try inside.reference() {
                case .character(let scalar): value.append(scalar)
                case .entity(let name):
                    value.append(contentsOf: try text(of: name).map { $0.isXMLSpace ? UInt8(ascii: " ") : $0 })
                }
                guard inside.position <= range.upperBound else { throw inside.fault(.reference) }
            case let byte: value.append(byte.isXMLSpace ? UInt8(ascii: " ") : byte)
            }
        }
        return value
    }

    // MARK: Text

    /// Up to the next markup.
    private mutating func text() throws(SVGError) -> [UInt8] {
        var text: [UInt8] = []
        while let byte = scanner.next, byte != UInt8(ascii: "<") {
            scanner.advance()
            guard byte == UInt8(ascii: "&") else {
                text.append(byte)
                continue
            }
            switch try scanner.reference() {
            case .character(let scalar): text.append(scalar)
            case .entity(let name): text.append(contentsOf: try self.text(of: name))
            }
        }
        return text
    }

    private mutating func text(of entity: String) throws(SVGError) -> [UInt8] {
        switch documentType?.entities[entity] {
        case .text(let text):
            entityBytes += text.count
            guard entityBytes <= limits.entityBytes else { throw .limit(.entityBytes, maximum: limits.entityBytes) }
            return text
        case .external: return []
        case .composed: throw scanner.fault(.entity)
        case nil: throw scanner.fault(.reference)
        }
    }
}
