package import Memory

/// Something that goes into the picture beside the original, for a render process.
package struct JobInput: Sendable {
    /// As the plan names it (`LayerInput.name`).
    package let name: String
    package let bytes: SharedMemory

    package init(name: String, bytes: SharedMemory) {
        self.name = name
        self.bytes = bytes
    }
}

/// The bytes of all that goes into a picture beside the original, by the names that the plan has for it.
package struct JobInputs: Sendable {
    /// A job that needs nothing but the original.
    package static let none = JobInputs([:])

    private let bytes: [String: SharedMemory]

    private init(_ bytes: [String: SharedMemory]) {
        self.bytes = bytes
    }

    /// - Parameter bytes: of `inputs`, in their order; of two with one name the first counts.
    package init(_ inputs: [RenderJob.Input], _ bytes: [SharedMemory]) {
        self.init(Dictionary(zip(inputs, bytes).map { ($0.name, $1) }) { first, _ in first })
    }

    package subscript(name: String) -> SharedMemory? { bytes[name] }
}
