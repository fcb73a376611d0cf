/// Parses the decoded text of a transformation into its syntax tree.
///
/// Recursive descent; how deep it can go is bounded by `limits.nesting`.
struct SyntaxParser {
    let bytes: [UInt8]
    private let limits: TransformationLimits
    var position = 0
    private var layers = 0

    /// The tree of `text`, which may begin with `tr:`; empty for an empty text.
    static func parse(_ text: String, limits: TransformationLimits) throws(TransformationError) -> Syntax.Chain {
        guard text.utf8.count <= limits.textBytes else { throw .limitExceeded(.textBytes, maximum: limits.textBytes) }
        let bytes = Array(text.utf8)
        let mark = DeliveryURL.transformationMark
        let body = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        guard !body.isEmpty else { return [] }
        var parser = SyntaxParser(bytes: body, limits: limits)
        return try parser.chain(inside: .nothing, nesting: Nesting()).steps
    }

    private init(bytes: [UInt8], limits: TransformationLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// What has to be ended before the chain may end.
    fileprivate enum Enclosure {
        case nothing, layer, consequence, alternative
    }

    private enum Terminator {
        case endOfText, layerEnd, conditionElse, conditionEnd
    }

    private struct Nesting {
        var layers = 0
        var conditions = 0
    }

    /// A chain up to the end of what encloses it, and how it ended.
    private mutating func chain(
        inside enclosure: Enclosure, nesting: Nesting
    ) throws(TransformationError) -> (steps: Syntax.Chain, end: Terminator) {
        var steps: Syntax.Chain = []
        while true {
            guard steps.count < limits.steps else { throw .limitExceeded(.steps, maximum: limits.steps) }
            let (step, end) = try self.step(inside: enclosure, nesting: nesting)
            steps.append(step)
            if let end { return (steps, end) }
        }
    }

    /// One step, and how the chain ended if it ended with this step.
    private mutating func step(
        inside enclosure: Enclosure, nesting: Nesting
    ) throws(TransformationError) -> (step: Syntax.Step, end: Terminator?) {
        var items: [Syntax.Item] = []
        var block: Syntax.ConditionalBlock?
        while true {
            let text = try nextItem()
            switch text.kind {
            case .layerEnd, .conditionElse, .conditionEnd:
                let end = try terminator(text, inside: enclosure)
                if let block { return (.condition(block), end) }
                guard !items.isEmpty else { throw .syntax(.emptyItem, near: text.text) }
                return (.items(items), end)
            case _ where block != nil, .condition where !items.isEmpty:
                throw .syntax(.conditionNotAlone, near: text.text)
            case .condition(let condition):
                block = try conditionalBlock(condition, text: text.text, nesting: nesting)
            case .layer(let type):
                items.append(.layer(try layer(type, text: text.text, nesting: nesting)))
            case .parameter(let parameter):
                items.append(.parameter(parameter))
            }
            guard position < bytes.count else {
                guard enclosure == .nothing else { throw .syntax(enclosure.fault, near: text.text) }
                return (block.map { .condition($0) } ?? .items(items), .endOfText)
            }
            let separator = bytes[position]
            position += 1
            if separator == UInt8(ascii: ":") { return (block.map { .condition($0) } ?? .items(items), nil) }
        }
    }

    private func terminator(_ item: Item, inside enclosure: Enclosure) throws(TransformationError) -> Terminator {
        switch (item.kind, enclosure) {
        case (.layerEnd, .layer): return .layerEnd
        case (.conditionElse, .consequence): return .conditionElse
        case (.conditionEnd, .consequence), (.conditionEnd, .alternative): return .conditionEnd
        default: throw .syntax(.unexpectedEnd, near: item.text)
        }
    }

    private mutating func layer(
        _ type: String, text: String, nesting: Nesting
    ) throws(TransformationError) -> Syntax.Layer {
        guard let kind = Syntax.Layer.Kind(rawValue: type) else { throw .syntax(.unknownLayerType, near: text) }
        layers += 1
        var nesting = nesting
        nesting.layers += 1
        guard layers <= limits.layers else { throw .limitExceeded(.layers, maximum: limits.layers) }
        guard nesting.layers <= limits.nesting else { throw .limitExceeded(.nesting, maximum: limits.nesting) }
        try skipComma(fault: .unterminatedLayer, near: text)
        return Syntax.Layer(kind: kind, chain: try chain(inside: .layer, nesting: nesting).steps)
    }

    private mutating func conditionalBlock(
        _ condition: String, text: String, nesting: Nesting
    ) throws(TransformationError) -> Syntax.ConditionalBlock {
        guard let condition = Condition(condition) else {
            if Condition.hasTooManyComparisons(condition) {
                throw .limitExceeded(.comparisons, maximum: Condition.maximumComparisons)
            }
            throw .syntax(.malformedCondition, near: text)
        }
        var nesting = nesting
        nesting.conditions += 1
        guard nesting.conditions <= limits.nesting else { throw .limitExceeded(.nesting, maximum: limits.nesting) }
        try skipComma(fault: .unterminatedCondition, near: text)
        let consequence = try chain(inside: .consequence, nesting: nesting)
        guard consequence.end == .conditionElse else {
            return Syntax.ConditionalBlock(condition: condition, consequence: consequence.steps, alternative: nil)
        }
        try skipComma(fault: .unterminatedCondition, near: "if-else")
        let alternative = try chain(inside: .alternative, nesting: nesting)
        return Syntax.ConditionalBlock(
            condition: condition, consequence: consequence.steps, alternative: alternative.steps)
    }

    private mutating func skipComma(
        fault: TransformationError.SyntaxFault, near text: String
    ) throws(TransformationError) {
        guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { throw .syntax(fault, near: text) }
        position += 1
    }
}

extension SyntaxParser.Enclosure {
    fileprivate var fault: TransformationError.SyntaxFault {
        self == .layer ? .unterminatedLayer : .unterminatedCondition
    }
}
