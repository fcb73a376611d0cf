#if canImport(Glibc)
    internal import func Glibc.pow
#endif

/// An arithmetic expression of the URL language: operands joined by operators, without parentheses.
///
/// Precedence is that of reference §10 and unusual: `mul`/`div` first, then `add`/`sub`, then `mod`, then `pow`,
/// each from left to right.
package struct Expression: Hashable, Sendable {
    /// Named sizes: `i…` of the untouched source, `c…` as the previous step left the picture, `b…` of what a layer is laid
    /// on; `…ar` is width ÷ height.
    package enum Variable: String, Hashable, Sendable, CaseIterable {
        case iw, ih, iar, cw, ch, car, bw, bh, bar, idn

        /// Those that may stand wherever expressions are allowed.
        static let everywhere = Set(allCases).subtracting([.idn])
    }

    package enum Operand: Hashable, Sendable {
        case number(Number)
        case variable(Variable)
    }

    package enum Operator: String, Hashable, Sendable, CaseIterable {
        case add, sub, mul, div, mod, pow

        static let precedence: [Set<Operator>] = [[.mul, .div], [.add, .sub], [.mod], [.pow]]
    }

    package struct Operation: Hashable, Sendable {
        package let symbol: Operator
        package let operand: Operand
    }

    /// The most operators that one expression may have.
    package static let maximumOperators = 20

    package let first: Operand
    package let operations: [Operation]

    package init(_ number: Number) {
        self.init(first: .number(number), operations: [])
    }

    private init(first: Operand, operations: [Operation]) {
        self.first = first
        self.operations = operations
    }

    /// Parses `operand (_operator_operand)*`; nil if the text is anything else or has too many operators.
    /// An expression without variables becomes the number that it is worth.
    ///
    /// - Parameter special: variables that mean something only here.
    init?(_ text: Substring.UTF8View, naming special: Set<Variable> = []) {
        if let number = Number(unsigned: text) {
            self.init(number)
            return
        }
        let separator = UInt8(ascii: "_")
        let words = text.split(
            separator: separator, maxSplits: 2 * Self.maximumOperators + 1, omittingEmptySubsequences: false)
        guard words.count % 2 == 1, let first = Operand(words[0]) else { return nil }
        var operations: [Operation] = []
        for index in stride(from: 1, to: words.count, by: 2) {
            guard let symbol = Operator(rawValue: String(Substring(words[index]))),
                let operand = Operand(words[index + 1])
            else { return nil }
            operations.append(Operation(symbol: symbol, operand: operand))
        }
        let expression = Expression(first: first, operations: operations)
        guard expression.isConstant else {
            guard expression.variables.allSatisfy(Variable.everywhere.union(special).contains) else { return nil }
            self = expression
            return
        }
        guard let value = expression.value(in: .none), let number = Number(rounding: value) else { return nil }
        self.init(number)
    }

    /// Whether a text that is no expression would be one if fewer operators stood in it.
    static func hasTooManyOperators(_ text: String) -> Bool {
        let words = text.utf8.split(
            separator: UInt8(ascii: "_"), maxSplits: 2 * maximumOperators + 2, omittingEmptySubsequences: false)
        guard words.count > 2 * maximumOperators + 2 else { return false }
        return words.prefix(2 * maximumOperators + 2).enumerated().allSatisfy { index, word in
            let isOperator = Operator(rawValue: String(Substring(word))) != nil
            // What stands in front of the first is a sign, or belongs to another part of the value.
            return index == 0 || isOperator == (index % 2 == 1)
        }
    }

    /// The number, if the expression is nothing else.
    package var number: Number? {
        guard operations.isEmpty, case .number(let number) = first else { return nil }
        return number
    }

    /// Whether it names the size of what a layer is laid on.
    var namesBase: Bool { variables.contains { [.bw, .bh, .bar].contains($0) } }

    private var isConstant: Bool { variables.isEmpty }

    private var variables: [Variable] {
        ([first] + operations.map(\.operand)).compactMap { operand in
            if case .variable(let variable) = operand { variable } else { nil }
        }
    }

    /// The value, or nil where the arithmetic has none: division by zero, overflow, not a number.
    package func value(in context: ExpressionContext) -> Double? {
        var values = [first.value(in: context)] + operations.map { $0.operand.value(in: context) }
        var symbols = operations.map(\.symbol)
        for level in Operator.precedence where !symbols.isEmpty {
            var folded = [values[0]]
            var left: [Operator] = []
            for (index, symbol) in symbols.enumerated() {
                let right = values[index + 1]
                if level.contains(symbol), let last = folded.popLast() {
                    folded.append(symbol.apply(last, right))
                } else {
                    folded.append(right)
                    left.append(symbol)
                }
            }
            guard folded.allSatisfy(\.isFinite) else { return nil }
            (values, symbols) = (folded, left)
        }
        return values[0].isFinite ? values[0] : nil
    }

    package var canonical: String {
        operations.reduce(into: first.canonical) { text, operation in
            text += "_\(operation.symbol.rawValue)_\(operation.operand.canonical)"
        }
    }
}

extension Expression.Operand {
    fileprivate init?(_ text: Substring.UTF8View) {
        if let variable = Expression.Variable(rawValue: String(Substring(text))) {
            self = .variable(variable)
        } else if let number = Number(unsigned: text) {
            self = .number(number)
        } else {
            return nil
        }
    }

    fileprivate func value(in context: ExpressionContext) -> Double {
        switch self {
        case .number(let number): number.value
        case .variable(let variable): context.value(of: variable)
        }
    }

    fileprivate var canonical: String {
        switch self {
        case .number(let number): number.canonical
        case .variable(let variable): variable.rawValue
        }
    }
}

extension Expression.Operator {
    fileprivate func apply(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .sub: left - right
        case .mul: left * right
        case .div: left / right
        case .mod: left.truncatingRemainder(dividingBy: right)
        case .pow: Glibc.pow(left, right)
        }
    }
}
