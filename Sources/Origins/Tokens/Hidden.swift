/// Something that must not be seen: passwords, tokens. Printing it, or anything that holds it, shows a placeholder.
struct Hidden<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension Hidden: Equatable where Value: Equatable {}

extension Hidden: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "(hidden)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
