import Configuration
import Deadlines
import Logging
import Management
import Metrics
import Purging
import Testing

/// The HTTP API of some accounts, with a log of purges that only remembers.
struct API {
    let purges = RecordedPurges()
    let management: Management

    /// `demo` has two keys; `first` and `second` share one.
    private static let configuration = """
        accounts:
          - id: demo
            privateKeys: [private_demo, "older demo key"]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
          - id: first
            privateKeys: [private_first, c2hhcmVk]
            origins: [{ id: mine, type: DISK, path: first }]
            urlEndpoints: [{ urlPrefix: "", origins: [mine] }]
          - id: second
            privateKeys: [c2hhcmVk]
            origins: [{ id: mine, type: DISK, path: second }]
            urlEndpoints: [{ urlPrefix: "", origins: [mine] }]
          - id: keyless
            insecure: true
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
        """

    init() throws {
        let loaded = try Configuration.load(
            text: [UInt8](Self.configuration.utf8), of: "/nowhere/apus.yaml", environment: [:])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        management = Management(
            accounts: loaded.accounts, purges: purges, metrics: Metrics(), logger: logger, resolve: Self.resolve)
    }

    /// `http://x/ACCOUNT/PATH` is that account's, whoever asks; nothing else is a URL.
    @Sendable private static func resolve(_ url: String, _ accounts: Set<String>) -> ResolvedPurge? {
        let parts = url.split(separator: "/", maxSplits: 3).map(String.init)
        guard parts.count == 4, parts[0] == "http:", url.utf8.allSatisfy({ $0 > 0x20 }) else { return nil }
        return ResolvedPurge(account: parts[2], target: .tag("url " + parts[3]))
    }

    func call(
        _ method: String, _ path: String, key: Key = .user("private_demo"), body: String = "", isTooLong: Bool = false
    ) -> ManagementResponse {
        call(method, path, key: key, bytes: [UInt8](body.utf8), isTooLong: isTooLong)
    }

    func call(
        _ method: String, _ path: String, key: Key = .user("private_demo"), bytes: [UInt8], isTooLong: Bool = false,
        within limit: Duration = .seconds(10)
    ) -> ManagementResponse {
        management.answer(
            ManagementRequest(
                method: method, path: path, authorization: key.header, body: bytes, bodyIsTooLong: isTooLong,
                id: "request-1", deadline: Deadline(in: limit)))
    }

    func purge(_ body: String, key: Key = .user("private_demo")) -> ManagementResponse {
        call("POST", "/v1/files/purge", key: key, body: body)
    }
}

/// An id as the log gives them out.
let someID = "0a1b2c3d-1111-4222-8333-444455556666"

/// How a call is authorised.
enum Key {
    case none
    /// As clients do: user and password in Base64.
    case user(String, password: String = "")
    case header(String)

    var header: String? {
        switch self {
        case .none: nil
        case .user(let key, let password): "Basic " + base64([UInt8]("\(key):\(password)".utf8))
        case .header(let text): text
        }
    }
}

/// Written down here, so that the tests do not believe what the code uses (RFC 4648 §4).
func base64(_ bytes: [UInt8]) -> String {
    let letters = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let three = bytes[start...].prefix(3)
        let bits = three.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - three.count))
        for place in 0..<4 {
            let letter = Character(Unicode.Scalar(letters[bits >> (18 - 6 * place) & 63]))
            text.append(place <= three.count ? letter : "=")
        }
    }
    return text
}

/// Remembers what it was asked to purge.
final class RecordedPurges: Purges {
    struct Record: Equatable {
        let account: String
        let target: PurgeTarget
    }

    let records = Monitor<[Record]>([])
    /// What `accept` throws instead.
    let failure = Monitor<PurgeError?>(nil)
    let states = Monitor<[String: [String: PurgeState]]>([:])
    /// After so many questions the states become known; before, there are none.
    let questionsBefore = Monitor(0)

    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String {
        if let error = failure.withLock({ $0 }) { throw error }
        return records.withLock {
            $0.append(Record(account: account, target: target))
            return "id-\($0.count)"
        }
    }

    func state(of requestID: String, account: String) -> PurgeState? {
        let isKnown = questionsBefore.withLock { left in
            left -= 1
            return left < 0
        }
        return isKnown ? states.withLock { $0[account]?[requestID] } : nil
    }
}

extension ManagementResponse {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a text field of the body, found without a JSON reader; enough for texts without escapes.
    func field(_ name: String) -> String? {
        guard let start = text.firstRange(of: "\"\(name)\":\"")?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != "\"" })
    }
}
