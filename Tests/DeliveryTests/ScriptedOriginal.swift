import Deadlines
import HostileOrigin

/// One original on a scripted origin, whatever path it is asked by, that changes when the test likes. The origin answers
/// 304 to who has it.
final class ScriptedOriginal: Sendable {
    struct State: Sendable {
        var status = 200
        var tag = "\"1\""
        var body = "GIF89a one"
        /// Besides its tag.
        var headers: [String] = []
        /// Where answers wait; they are of the time when the question came.
        var gate: Gate?

        func answer(_ request: HostileOrigin.Request) -> [Action] {
            gate?.pass()
            guard status == 200 else { return .answer(status) }
            let headers = ["ETag: \(tag)"] + headers
            guard request.headers["if-none-match"] != tag else {
                let head = (["HTTP/1.1 304 Not Modified"] + headers).joined(separator: "\r\n")
                return [.send(head + "\r\n\r\n")]
            }
            return .answer(200, headers, body: body)
        }
    }

    private let state: Monitor<State>

    init(_ headers: String..., body: String = "GIF89a one") {
        state = Monitor(State(body: body, headers: headers))
    }

    func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Runs `body` with an origin that has it.
    func serve(_ body: (HostileOrigin) throws -> Void) throws {
        try HostileOrigin.serve({ [self] request in state.withLock { $0 }.answer(request) }, body)
    }

    /// Account `demo` with an endpoint whose only origin is at `url`.
    static func account(_ url: String, _ endpoint: String = "") -> String {
        """
          - id: demo
            privateKeys: [first-key]
            origins: [{ id: web, type: WEB_FOLDER, baseUrl: "\(url)" }]
            urlEndpoints: [{ urlPrefix: "", origins: [web], svg: rasterise\(endpoint.isEmpty ? "" : ", " + endpoint) }]
            namedTransformations: { untouched: "orig-true" }
        """
    }
}
