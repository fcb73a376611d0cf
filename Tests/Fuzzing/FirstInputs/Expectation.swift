import Glibc

/// Says what was found instead of what has to hold, and ends the program; libFuzzer keeps the input then.
package func violated(_ finding: String) -> Never {
    let line = Array("violated: \(finding)\n".utf8)
    write(STDERR_FILENO, line, line.count)
    abort()
}

/// Ends the program so where something does not hold.
package func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
    if !holds { violated(otherwise()) }
}

extension StringProtocol {
    /// The same bytes: `==` takes different spellings of one character for the same.
    package func isSpelled(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}
