/// The namespaces that make a difference here; a prefix makes none.
enum Namespace: Equatable {
    case none, svg, xlink, xml
    /// Another one, or a prefix that stands for none.
    case other

    init(uri: [UInt8]) {
        switch String(decoding: uri, as: UTF8.self) {
        case "": self = .none
        case Self.svgURI: self = .svg
        case Self.xlinkURI: self = .xlink
        case "http://www.w3.org/XML/1998/namespace": self = .xml
        default: self = .other
        }
    }

    static let svgURI = "http://www.w3.org/2000/svg"
    static let xlinkURI = "http://www.w3.org/1999/xlink"
}

/// A start tag whose names are resolved; declarations of namespaces are no attributes any more.
struct XMLElement {
    struct Attribute {
        let namespace: Namespace
        let name: String
        let value: [UInt8]
    }

    let namespace: Namespace
    let name: String
    let attributes: [Attribute]
}

/// Which prefix stands for which namespace at a place of the document (Namespaces in XML 1.0).
struct Namespaces {
    private struct Binding {
        let prefix: String
        let namespace: Namespace
        /// Of the element that declares it.
        let depth: Int
    }

    private let limits: SVGLimits
    private var bindings: [Binding] = []

    init(limits: SVGLimits) {
        self.limits = limits
    }

    /// Forgets what elements have declared that lie deeper than `depth`.
    mutating func leave(depth: Int) {
        while let last = bindings.last, last.depth > depth { bindings.removeLast() }
    }

    /// - Parameter isRoot: an `svg` that names no namespace at all is taken for SVG's, as HTML parsers do.
    mutating func resolve(
        _ name: String, _ attributes: [(name: String, value: [UInt8])], depth: Int, isRoot: Bool
    ) throws(SVGError) -> XMLElement {
        var others: [(name: Substring, prefix: Substring, value: [UInt8])] = []
        for (name, value) in attributes {
            let (prefix, local) = Self.split(name)
            if name == "xmlns" {
                try bind("", to: value, depth)
            } else if prefix == "xmlns" {
                try bind(String(local), to: value, depth)
            } else {
                others.append((local, prefix, value))
            }
        }
        if isRoot, name == "svg", namespace(of: "") == .none {
            bindings.append(Binding(prefix: "", namespace: .svg, depth: depth))
        }
        let (prefix, local) = Self.split(name)
        return XMLElement(
            namespace: namespace(of: prefix), name: String(local),
            attributes: others.map { attribute in
                // The default namespace is not that of attributes (§6.2).
                XMLElement.Attribute(
                    namespace: attribute.prefix.isEmpty ? .none : namespace(of: attribute.prefix),
                    name: String(attribute.name), value: attribute.value)
            })
    }

    private mutating func bind(_ prefix: String, to uri: [UInt8], _ depth: Int) throws(SVGError) {
        guard bindings.count < limits.namespaces else { throw .limit(.namespaces, maximum: limits.namespaces) }
        let namespace = Namespace(uri: uri)
        // Both are bound for good (§3).
        guard prefix != "xml", prefix != "xmlns" else { return }
        bindings.append(Binding(prefix: prefix, namespace: namespace, depth: depth))
    }

    private func namespace(of prefix: Substring) -> Namespace {
        if prefix == "xml" { return .xml }
        return bindings.last { $0.prefix == prefix }?.namespace ?? (prefix.isEmpty ? .none : .other)
    }

    /// A name with more than one colon belongs to no namespace that is known here.
    private static func split(_ name: String) -> (prefix: Substring, local: Substring) {
        guard let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else { return ("", name[...]) }
        return (name[..<colon], name[name.index(after: colon)...])
    }
}
