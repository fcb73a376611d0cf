/// Ends the program where something does not hold; libFuzzer keeps the input then.
package func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
    if !holds { fatalError(otherwise()) }
}

extension StringProtocol {
    /// The same bytes: `==` takes different spellings of one character for the same.
    package func isSpelled(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}
