/// What a document type declaration leaves of itself: entities that stand for a text, as Illustrator writes them for the
/// names of its namespaces. Nothing is fetched, ever.
struct DocumentType {
    enum Entity: Equatable {
        case text([UInt8])
        /// Outside the document: it stands for nothing.
        case external
        /// Made of markup or of other entities, which is what bombs are made of.
        case composed
    }

    private(set) var entities: [String: Entity] = [:]

    /// Reads the declaration behind `<!DOCTYPE` (XML 1.0 §2.8).
    init(_ scanner: inout XMLScanner, limits: SVGLimits) throws(SVGError) {
        guard scanner.skipSpaces() else { throw scanner.fault(.documentType) }
        _ = try scanner.name()
        scanner.skipSpaces()
        _ = try Self.skipExternalID(&scanner)
        scanner.skipSpaces()
        if scanner.skip("[") {
            try readSubset(&scanner, limits)
            scanner.skipSpaces()
        }
        guard scanner.skip(">") else { throw scanner.fault(.documentType) }
    }

    /// Whether there is one (XML 1.0 §4.2.2).
    private static func skipExternalID(_ scanner: inout XMLScanner) throws(SVGError) -> Bool {
        let isPublic = scanner.skip("PUBLIC")
        guard isPublic || scanner.skip("SYSTEM") else { return false }
        scanner.skipSpaces()
        _ = try scanner.quoted(orThrow: .documentType)
        scanner.skipSpaces()
        // Of HTML's habit: a public identifier alone.
        if isPublic, scanner.next != UInt8(ascii: "\""), scanner.next != UInt8(ascii: "'") { return true }
        if isPublic { _ = try scanner.quoted(orThrow: .documentType) }
        return true
    }

    private mutating func readSubset(_ scanner: inout XMLScanner, _ limits: SVGLimits) throws(SVGError) {
        while true {
            scanner.skipSpaces()
            if scanner.skip("]") { return }
            if scanner.skip("<!--") {
                _ = try scanner.skip(past: "-->")
            } else if scanner.skip("<?") {
                _ = try scanner.skip(past: "?>")
            } else if scanner.skip("<!ENTITY") {
                try readEntity(&scanner)
                guard entities.count <= limits.entities else { throw .limit(.entities, maximum: limits.entities) }
            } else if scanner.has("<!ELEMENT") || scanner.has("<!ATTLIST") || scanner.has("<!NOTATION") {
                try Self.skipDeclaration(&scanner)
            } else if scanner.skip("%") {
                // A parameter entity: what it stands for is not read.
                _ = try scanner.name()
                guard scanner.skip(";") else { throw scanner.fault(.documentType) }
            } else {
                throw scanner.fault(scanner.isAtEnd ? .unfinished : .documentType)
            }
        }
    }

    private static func skipDeclaration(_ scanner: inout XMLScanner) throws(SVGError) {
        while let byte = scanner.next {
            switch byte {
            case UInt8(ascii: ">"):
                scanner.advance()
                return
            case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try scanner.quoted(orThrow: .documentType)
            default: scanner.advance()
            }
        }
        throw scanner.fault(.unfinished)
    }

    /// `EntityDecl` (XML 1.0 §4.2): the first declaration of a name counts.
    private mutating func readEntity(_ scanner: inout XMLScanner) throws(SVGError) {
        guard scanner.skipSpaces() else { throw scanner.fault(.documentType) }
        let isParameter = scanner.skip("%")
        if isParameter, !scanner.skipSpaces() { throw scanner.fault(.documentType) }
        let name = scanner.text(try scanner.name())
        guard scanner.skipSpaces() else { throw scanner.fault(.documentType) }
        let entity: Entity
        if try Self.skipExternalID(&scanner) {
            entity = .external
            try Self.skipDeclaration(&scanner)
        } else {
            entity = try Self.value(scanner, of: try scanner.quoted(orThrow: .documentType))
            scanner.skipSpaces()
            guard scanner.skip(">") else { throw scanner.fault(.documentType) }
        }
        if !isParameter, entities[name] == nil { entities[name] = entity }
    }

    /// The replacement text of an entity's value; references to characters count at once (XML 1.0 §4.4.5).
    private static func value(_ scanner: XMLScanner, of range: Range<Int>) throws(SVGError) -> Entity {
        var inside = XMLScanner(scanner.bytes, at: range.lowerBound)
        var text: [UInt8] = []
        while inside.position < range.upperBound, let byte = inside.next {
            inside.advance()
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: "%"): return .composed
            case UInt8(ascii: "&"):
                guard inside.has("#"), case .character(let scalar) = try inside.reference(),
                    scalar != "<", scalar != "&"
                else { return .composed }
                text.append(scalar)
            default: text.append(byte)
            }
        }
        return .text(text)
    }
}
