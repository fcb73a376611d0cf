package import Memory

/// One command: its name and arguments, sent as counted bytes, so that no value needs quoting.
package struct Command: Sendable {
    package enum Argument: Sendable, ExpressibleByStringLiteral {
        case text(String)
        case number(Int)
        case bytes(any Blob)

        package init(stringLiteral value: String) {
            self = .text(value)
        }
    }

    private let arguments: [Argument]

    package init(_ name: String, _ arguments: Argument...) {
        self.arguments = [.text(name)] + arguments
    }

    /// As it is sent: an array of bulk strings (Redis serialization protocol, version 2).
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(line: "*", arguments.count)
        for argument in arguments {
            switch argument {
            case .text(let text): bytes.append(bulk: text.utf8)
            case .number(let number): bytes.append(bulk: "\(number)".utf8)
            case .bytes(let blob):
                bytes.reserveCapacity(bytes.count + blob.count + Self.overhead)
                blob.withBytes { span in
                    span.withUnsafeBytes { bytes.append(bulk: $0) }
                }
            }
        }
        return bytes
    }

    /// Room for what comes beside and after a long argument.
    private static let overhead = 64
}

extension [UInt8] {
    fileprivate mutating func append(line mark: Unicode.Scalar, _ number: Int) {
        append(UInt8(ascii: mark))
        append(contentsOf: "\(number)\r\n".utf8)
    }

    /// One bulk string.
    fileprivate mutating func append(bulk bytes: some Collection<UInt8>) {
        append(line: "$", bytes.count)
        append(contentsOf: bytes)
        append(contentsOf: "\r\n".utf8)
    }
}
