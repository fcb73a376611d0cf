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

        fileprivate var blob: any Blob {
            switch self {
            case .text(let text): Array(text.utf8)
            case .number(let number): Array(String(number).utf8)
            case .bytes(let blob): blob
            }
        }
    }

    private let arguments: [Argument]

    package init(_ name: String, _ arguments: Argument...) {
        self.arguments = [.text(name)] + arguments
    }

    /// Lends the arguments as hiredis takes them: pointers and lengths side by side, valid for the length of the call.
    func withPointers<Result>(
        _ body: (inout [UnsafePointer<CChar>?], [Int]) -> Result
    ) -> Result {
        var pointers: [UnsafePointer<CChar>?] = []
        var lengths: [Int] = []
        pointers.reserveCapacity(arguments.count)
        lengths.reserveCapacity(arguments.count)
        return collect(0, &pointers, &lengths, body)
    }

    /// Goes one level deeper for each argument, so that all are lent at once; commands have a handful.
    private func collect<Result>(
        _ index: Int,
        _ pointers: inout [UnsafePointer<CChar>?],
        _ lengths: inout [Int],
        _ body: (inout [UnsafePointer<CChar>?], [Int]) -> Result
    ) -> Result {
        guard index < arguments.count else { return body(&pointers, lengths) }
        return arguments[index].blob.withBytes { bytes in
            bytes.withUnsafeBytes { unsafe in
                pointers.append(unsafe.baseAddress?.assumingMemoryBound(to: CChar.self))
                lengths.append(unsafe.count)
                return collect(index + 1, &pointers, &lengths, body)
            }
        }
    }
}
