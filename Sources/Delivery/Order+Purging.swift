import Caching
import Configuration
import Purging
import Transformation

extension Order {
    /// How purges know what is made, or the copy of its original.
    func purgeSubject(_ source: Entry.Source, isOriginal: Bool) -> PurgeSubject {
        let resolution = resolution
        return PurgeSubject(
            account: route.account.id, path: route.purgePath(of: object), query: passthroughQuery,
            plan: { isOriginal ? nil : resolution.canonical }, tags: source.tags,
            origin: source.originID.isEmpty ? nil : source.originID, possibleOrigins: route.endpoint.origins,
            inputs: isOriginal || !source.originID.isEmpty ? source.inputs.map { PurgeSubject.Input($0) } : namedInputs)
    }

    /// What is known of the inputs while there is nothing made of them: any of them may be why.
    private var namedInputs: [PurgeSubject.Input] {
        (layerInputs.map(\.path) + [defaultImage].compactMap(\.self)).map {
            PurgeSubject.Input(path: route.purgePath(of: $0), query: $0.query)
        }
    }
}

extension PurgeSubject.Input {
    fileprivate init(_ input: Entry.Source.Input) {
        self.init(path: input.path, query: input.query, origin: input.originID.isEmpty ? nil : input.originID)
    }
}
