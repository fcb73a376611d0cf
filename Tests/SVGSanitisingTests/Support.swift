import SVGSanitising
import Testing

let open = #"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">"#

/// What is left of a whole document. What is sanitised once stays as it is.
func cleaned(_ document: String, limits: SVGLimits = SVGLimits()) throws -> String {
    try cleaned([UInt8](document.utf8), limits: limits)
}

func cleaned(_ document: [UInt8], limits: SVGLimits = SVGLimits()) throws -> String {
    let once = try SVGSanitiser.sanitise(document, limits: limits)
    #expect(try SVGSanitiser.sanitise(once, limits: limits) == once)
    return String(decoding: once, as: UTF8.self)
}

/// What is left of what lies inside a drawing: without the root element's own tags.
func inside(_ body: String, limits: SVGLimits = SVGLimits()) throws -> String {
    let document = try cleaned("\(open)\(body)</svg>", limits: limits)
    guard let start = document.firstIndex(of: ">"), document.hasSuffix("</svg>") else { return "" }
    return String(document[document.index(after: start)...].dropLast("</svg>".count))
}

/// The error that comes instead.
func error(of document: String, limits: SVGLimits = SVGLimits()) -> SVGError? {
    error(of: [UInt8](document.utf8), limits: limits)
}

func error(of document: [UInt8], limits: SVGLimits = SVGLimits()) -> SVGError? {
    do throws(SVGError) {
        _ = try SVGSanitiser.sanitise(document, limits: limits)
        return nil
    } catch {
        return error
    }
}

extension SVGError {
    /// What is wrong with the text, wherever it is.
    var fault: Fault? { if case .malformed(let fault, _) = self { fault } else { nil } }

    var limit: SVGLimit? { if case .limit(let limit, _) = self { limit } else { nil } }
}

/// A text with what it becomes.
struct Pair: CustomTestStringConvertible {
    let before: String
    let after: String

    init(_ before: String, _ after: String) {
        (self.before, self.after) = (before, after)
    }

    /// It stays as it is.
    init(_ text: String) { self.init(text, text) }

    var testDescription: String { String(before.prefix(100)) }
}
