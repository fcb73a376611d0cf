import Deadlines
import HostileOrigin
import Origins
import Transfer

/// A request for an object by the bytes of its name.
func object(named segments: [String], query: String? = nil) -> OriginRequest {
    OriginRequest(
        path: OriginPath(segments: segments.map { [UInt8]($0.utf8) }, encoded: "not/used"), query: query)
}

extension Origin {
    /// All bytes of an original, as a text.
    func text(_ segments: String..., query: String? = nil) throws(OriginError) -> String {
        try body(object(named: segments, query: query)).text()
    }

    func body(_ request: OriginRequest) throws(OriginError) -> any OriginalBody {
        switch try open(request, deadline: Deadline(in: .seconds(30))) {
        case .opened(let body): return body
        case .notModified: throw .unidentified(.status(304))
        }
    }
}

extension OriginalBody {
    func text() throws(OriginError) -> String {
        var bytes: [UInt8] = []
        while try read({ piece in piece.withUnsafeBytes { bytes.append(contentsOf: $0) } }) {}
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What the error of an origin that is asked for `a.jpg` is; `nil`: none.
func failure(of origin: some Origin, _ segments: String...) -> OriginError? {
    do throws(OriginError) {
        _ = try origin.body(object(named: segments))
        return nil
    } catch {
        return error
    }
}

/// Everything that printing a value shows.
func shown(_ value: Any) -> String {
    var text = "\(value)\n" + String(reflecting: value) + "\n"
    dump(value, to: &text)
    return text
}

/// A clock that stands still until it is told.
final class StoppedClock: Sendable {
    private let time = Monitor<Int64>(1_700_000_000)

    var now: Int64 { time.withLock { $0 } }

    func advance(by seconds: Int64) {
        time.withLock { $0 += seconds }
    }
}

extension HostileOrigin {
    /// What was asked of the token service, and of the rest.
    var tokenRequests: [Request] { requests.filter { $0.method == "POST" } }
    var objectRequests: [Request] { requests.filter { $0.method == "GET" } }

    /// Hands out the tokens `T1`, `T2`…, each good for an hour, and gives objects for the last one, or the number of
    /// it that `isTaken` says.
    static func withTokens<Result>(
        isTaken: @escaping @Sendable (_ token: Int, _ last: Int) -> Bool = { $0 == $1 },
        refresh: Bool = false, _ body: (HostileOrigin) throws -> Result
    ) throws -> Result {
        let last = Monitor(0)
        return try serve { request in
            guard request.method == "GET" else {
                let number = last.withLock { last in
                    last += 1
                    return last
                }
                return .answer(200, body: tokenText(number, refresh: refresh))
            }
            let text = request.headers["authorization"] ?? ""
            let token = Int(text.drop { !$0.isNumber })
            let isGood = token.map { isTaken($0, last.withLock { $0 }) } ?? false
            return isGood ? .answer(200, body: text) : .answer(401)
        } _: {
            try body($0)
        }
    }

    private static func tokenText(_ number: Int, refresh: Bool) -> String {
        let more = refresh ? ",\"refresh_token\":\"R\(number)\"" : ""
        return "{\"access_token\":\"T\(number)\",\"expires_in\":3600,\"token_type\":\"Bearer\"\(more)}"
    }
}
