/// Why a URL or a transformation is refused. Every case is the client's doing.
package enum TransformationError: Error, Hashable, Sendable {
    /// The raw path or query cannot be read.
    case malformedURL(URLFault)
    /// The text breaks the grammar near `text`.
    case syntax(SyntaxFault, near: String)
    /// No such parameter in the URL language.
    case unknownParameter(String)
    /// `allowed` says in words what the parameter takes.
    case invalidValue(parameter: String, value: String, allowed: String)
    /// Known to the URL language, not carried out by this version. `parameter` may include the value: `fo-face`.
    case notAvailable(parameter: String)
    /// A parameter, or a layer, that means nothing where it stands; `allowed` is where it does.
    case misplaced(parameter: String, allowed: ParameterDeclaration.Places)
    /// A parameter that cannot depend on a condition.
    case conditional(parameter: String)
    /// An overlay key that layers have replaced (reference §15.1).
    case obsoleteOverlay(parameter: String)
    /// A parameter that can do nothing to what it is written for, which `place` names.
    case meaningless(parameter: String, in: String)
    /// A layer that does not say what it shows.
    case missingInput(layer: Syntax.Layer.Kind)
    case unknownNamedTransformation(String)
    /// A stored transformation that refers to a named one.
    case nestedNamedTransformation(String)
    /// An expression has no value for this picture: division by zero, overflow, a size below 0.
    case undefinedExpression(parameter: String, value: String)
    /// A window placed by `xc` or `yc` leaves the picture.
    case windowOutOfBounds(parameter: String, value: String)
    /// A value that is no rung of the URL endpoint's ladder, in a request without a signature. An expression and a part of
    /// the picture are none.
    case notOnLadder(parameter: String, value: String, rungs: [Int])
    /// A parameter that requests without a signature may not use; `allowed` are those that they may.
    case needsSignature(parameter: String, allowed: [String])
    /// More steps than requests without a signature may chain.
    case chainNeedsSignature(steps: Int, maximum: Int)
    case limitExceeded(Limit, maximum: Int)
    /// A text that is not a canonical plan.
    case notCanonical

    package enum URLFault: String, Hashable, Sendable, CaseIterable {
        case notAbsolute = "the path does not begin with a slash"
        case brokenEscape = "a percent sign in the path is not followed by two hexadecimal digits"
        case controlCharacter = "a control character"
        case invalidText = "text that is not UTF-8"
        case dotSegment = "a . or .. segment in the path"
        case emptyTransformation = "tr: without a transformation"
        case missingObject = "no object path"
        case searchFriendlyName = "ik-seo needs a path, a name and its extension"
    }

    package enum SyntaxFault: String, Hashable, Sendable, CaseIterable {
        case emptyItem = "an empty step or parameter"
        case unknownLayerType = "not a layer type; allowed: image, text, video, subtitles"
        case unexpectedEnd = "ends something that was not begun"
        case unterminatedLayer = "layer without l-end; in a layer slashes of paths are @@, those of base64 _ or %2F"
        case unterminatedCondition = "if without if-end"
        case conditionNotAlone = "an if block must be the only content of its step"
        case malformedCondition = "not a condition; allowed: PROPERTY_OPERATOR_VALUE joined by _and_ or _or_"
    }

    package enum Limit: String, Hashable, Sendable, CaseIterable {
        case steps = "transformation steps"
        case branchedSteps = "transformation steps, those of all branches counted"
        case layers = "layers"
        case nesting = "levels of nesting"
        case textLength = "characters in the text of a layer"
        case operators = "operators in an expression"
        case comparisons = "comparisons in a condition"
        case textBytes = "bytes of transformation"
        case urlBytes = "bytes of path or query"
        case pathSegments = "path segments"
        case queryItems = "query parameters"
        case outputSide = "pixels on a side of the output"
        case scaledSide = "pixels on a side before cropping"
        case outputPixels = "pixels of output"
        case shadowPixels = "pixels under e-shadow"
    }

    /// The code of `ik-error` (design §4.3).
    package enum Code: String, Hashable, Sendable {
        case invalid = "EINVAL"
        case limit = "ELIMIT"
    }

    package var code: Code {
        if case .limitExceeded = self { .limit } else { .invalid }
    }
}

extension TransformationError: CustomStringConvertible {
    /// One line of printable ASCII of bounded length, fit for a header and for the client's eyes.
    package var description: String {
        switch self {
        case .malformedURL(let fault):
            "malformed URL: \(fault.rawValue)"
        case .syntax(let fault, let text):
            "transformation near \(quoted(text)): \(fault.rawValue)"
        case .unknownParameter(let parameter):
            "unknown parameter \(quoted(parameter))"
        case .invalidValue(let parameter, let value, let allowed):
            "parameter \(parameter): value \(quoted(value)) is not allowed; allowed: \(allowed)"
        case .notAvailable(let parameter):
            "parameter \(quoted(parameter)) is not available yet"
        case .misplaced(let parameter, let allowed):
            "parameter \(quoted(parameter)) belongs \(Self.place(allowed))"
        case .conditional(let parameter):
            "parameter \(quoted(parameter)) cannot stand inside an if block; write it in a step of its own"
        case .obsoleteOverlay(let parameter):
            "overlay parameter \(quoted(parameter)) is obsolete; use a layer: \(Self.layerExamples)"
        case .meaningless(let parameter, let place):
            "parameter \(parameter) means nothing in \(place)"
        case .missingInput(let layer):
            "layer l-\(layer.rawValue) needs i or ie: \(Self.layerExamples)"
        case .unknownNamedTransformation(let name):
            "parameter n: no named transformation \(quoted(name))"
        case .nestedNamedTransformation(let name):
            "parameter n: a named transformation cannot contain another one, here \(quoted(name))"
        case .undefinedExpression(let parameter, let value):
            "parameter \(parameter): expression \(quoted(value)) has no usable value for this picture"
        case .windowOutOfBounds(let parameter, let value):
            "parameter \(parameter): value \(quoted(value)) moves the window out of the picture"
        case .notOnLadder(let parameter, let value, let rungs):
            "parameter \(parameter): value \(quoted(value)) is not allowed without a signature; allowed: "
                + rungs.map(String.init).joined(separator: ", ")
        case .needsSignature(let parameter, let allowed):
            "parameter \(quoted(parameter)) is not allowed without a signature; allowed: "
                + allowed.joined(separator: ", ")
        case .chainNeedsSignature(let steps, let maximum):
            "a chain of \(steps) steps is not allowed without a signature; allowed: at most \(maximum)"
        case .limitExceeded(let limit, let maximum):
            "more than \(maximum) \(limit.rawValue)"
        case .notCanonical:
            "not a canonical plan"
        }
    }

    private static func place(_ allowed: ParameterDeclaration.Places) -> String {
        if allowed.isDisjoint(with: .layers) { return "to the whole picture: outside of layers" }
        if allowed == .textLayer { return "inside a text layer: l-text,i-TEXT,l-end" }
        if allowed.contains(.step) { return "to pictures: outside of text layers" }
        return "inside a layer: \(layerExamples)"
    }

    private static let layerExamples = "l-image,i-PATH,l-end or l-text,i-TEXT,l-end"

    private static let maximumQuotedBytes = 60

    /// What came from outside, shortened and without anything that is not printable ASCII.
    private func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "'")]
        for byte in text.utf8.prefix(Self.maximumQuotedBytes) {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes.appendEscaped(byte)
            }
        }
        bytes.append(UInt8(ascii: "'"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
