import Deadlines
import HostileOrigin

/// Several originals on a scripted origin, by their paths, that change when the test likes; others are not there.
final class ScriptedSite: Sendable {
    typealias Object = ScriptedOriginal.State

    /// A picture that render processes can make something of.
    static func svg(_ colour: String = "red", side: Int = 40) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(side)\" height=\"\(side)\">"
            + "<rect width=\"\(side)\" height=\"\(side)\" fill=\"\(colour)\"/></svg>"
    }

    private let objects: Monitor<[String: Object]>

    init(_ objects: [String: Object]) {
        self.objects = Monitor(objects)
    }

    /// Originals of these paths, each a picture with an entity tag.
    convenience init(_ paths: String...) {
        self.init(Dictionary(uniqueKeysWithValues: paths.map { ($0, Object(body: Self.svg())) }))
    }

    func change(_ path: String, _ change: (inout Object) -> Void) {
        objects.withLock { change(&$0[path, default: Object(body: Self.svg())]) }
    }

    func remove(_ path: String) { objects.withLock { $0[path] = nil } }

    /// Runs `body` with an origin that has them.
    func serve(_ body: (HostileOrigin) throws -> Void) throws {
        try HostileOrigin.serve(
            { [self] request in objects.withLock { $0[request.path] }?.answer(request) ?? .answer(404) }, body)
    }
}

extension HostileOrigin {
    func count(of path: String) -> Int { requests.count { $0.path == path } }
}
