/// One parameter of the URL language: the only place that knows its name, its values and whether it is carried out.
package struct ParameterDeclaration: Sendable {
    package enum Availability: Hashable, Sendable {
        case now
        case later
        /// Means something for videos only.
        case video
        /// Needs a model.
        case model
    }

    package struct Places: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let step = Places(rawValue: 1)
        package static let imageLayer = Places(rawValue: 2)
        package static let textLayer = Places(rawValue: 4)
        package static let layers: Places = [.imageLayer, .textLayer]
    }

    /// Reads a value into the step; nil stands for a bare key.
    typealias Reader = @Sendable (_ value: String?, _ draft: inout StepDraft) throws(ValueFault) -> Void

    /// The key, for effects with the effect's name: `e-grayscale`.
    package let name: String
    /// What it takes, in words for an error message.
    package let allowed: String
    package let places: Places
    package let availability: Availability
    /// One line of documentation.
    package let summary: String
    let read: Reader

    init(
        _ name: String, _ allowed: String, in places: Places = [.step, .imageLayer], _ summary: String,
        read: @escaping Reader
    ) {
        self.name = name
        self.allowed = allowed
        self.places = places
        self.summary = summary
        availability = .now
        self.read = read
    }

    /// A parameter that is known but not carried out; `harmless` is the value that asks for nothing.
    init(
        _ name: String, _ allowed: String, in places: Places = [.step, .imageLayer],
        not availability: Availability = .later,
        harmless: String? = nil, _ summary: String
    ) {
        self.name = name
        self.allowed = allowed
        self.places = places
        self.summary = summary
        self.availability = availability
        read = { (value, _) throws(ValueFault) in
            guard let value, value == harmless else { throw .notAvailable }
        }
    }
}

/// Why a value was not taken; the reader's caller knows the parameter.
enum ValueFault: Error {
    case invalid
    case notAvailable
}
