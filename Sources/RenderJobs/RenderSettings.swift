package import PictureHeaders

/// What a render process is told when it is started.
package struct RenderSettings: Sendable, Equatable {
    /// Those that are on.
    package var loaders = Set(PictureHeader.OptionalKind.allCases)
    /// The most memory of its own that it may ask for, in bytes; what goes beyond ends it. 0: any.
    package var mostMemory = 0
    /// More memory than this, in bytes, must not stay with it when it has nothing to do; else it is replaced. 0: any.
    package var idleMemory = 0

    package init() {}

    /// As they stand among the arguments of the program.
    var arguments: [String] {
        [loaders.map(\.rawValue).sorted().joined(separator: ","), "\(mostMemory)"]
    }

    /// What `arguments` said; `nil` if they say something else.
    package init?(arguments: some Collection<String>) {
        guard arguments.count == 2, let list = arguments.first, let mostMemory = Int(arguments.dropFirst().first ?? "")
        else { return nil }
        let names = list.split(separator: ",")
        loaders = Set(names.compactMap { PictureHeader.OptionalKind(rawValue: String($0)) })
        guard loaders.count == names.count, mostMemory >= 0 else { return nil }
        self.mostMemory = mostMemory
    }
}
