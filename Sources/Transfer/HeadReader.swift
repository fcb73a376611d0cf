/// Builds response heads from header lines, as libcurl hands them over one by one. Pure.
struct HeadReader {
    enum Step: Equatable {
        case more
        /// The head of the final response is complete.
        case complete(ResponseHead)
        case failed(TransferError)
    }

    private let byteLimit: Int
    private let countLimit: Int
    private var bytes = 0
    private var lines = 0
    private var status: Int?
    private var fields: [HeaderField] = []
    private var isComplete = false

    init(byteLimit: Int, countLimit: Int) {
        self.byteLimit = byteLimit
        self.countLimit = countLimit
    }

    /// Takes one line with its line end. The limits hold for all heads, so that no storm of 1xx passes them.
    mutating func read(_ line: some Collection<UInt8>) -> Step {
        bytes += line.count
        lines += 1
        guard bytes <= byteLimit, lines <= countLimit else { return .failed(.headerTooLarge) }
        // What follows a body is trailers: bounded, and of no use here.
        guard !isComplete else { return .more }
        guard !line.contains(0) else { return .failed(.protocolError) }
        let text = String(decoding: line, as: UTF8.self).trimmingBlanks
        guard !text.isEmpty else { return endOfHead() }
        guard status != nil else { return statusLine(text) }
        return field(text, isContinuation: line.first == 0x20 || line.first == 0x09)
    }

    private mutating func statusLine(_ text: Substring) -> Step {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard text.hasPrefix("HTTP/"), parts.count >= 2, let code = Int(parts[1]), (100...999).contains(code) else {
            return .failed(.protocolError)
        }
        status = code
        return .more
    }

    private mutating func field(_ text: Substring, isContinuation: Bool) -> Step {
        if isContinuation {
            // RFC 9112 §5.2: a folded line is joined with a space.
            guard let last = fields.popLast() else { return .failed(.protocolError) }
            fields.append(HeaderField(last.name, last.value + " " + text))
            return .more
        }
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
            text[..<colon].utf8.allSatisfy(HeaderField.isTokenByte)
        else { return .failed(.protocolError) }
        let value = text[text.index(after: colon)...].trimmingBlanks
        fields.append(HeaderField(text[..<colon].lowercased(), String(value)))
        return .more
    }

    private mutating func endOfHead() -> Step {
        guard let status else { return .failed(.protocolError) }
        if status < 200 {
            (self.status, fields) = (nil, [])
            return .more
        }
        isComplete = true
        let head = ResponseHead(status: status, headers: fields)
        return head.isFramedClearly ? .complete(head) : .failed(.protocolError)
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends at both ends.
    fileprivate var trimmingBlanks: SubSequence {
        func isBlank(_ character: Character) -> Bool {
            character == " " || character == "\t" || character == "\r\n" || character == "\n" || character == "\r"
        }
        return drop(while: isBlank).dropLast(while: isBlank)
    }
}

extension BidirectionalCollection {
    fileprivate func dropLast(while isDropped: (Element) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, isDropped(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
