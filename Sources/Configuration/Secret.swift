/// A text that must not be seen: keys, passwords, tokens.
///
/// Printing it, or anything that holds it, shows a placeholder; only `value` gives it away.
package struct Secret: Sendable, Hashable {
    /// The text itself: for use, never for output.
    package let value: String

    /// Hides a text.
    package init(_ value: String) {
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
