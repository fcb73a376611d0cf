import JSONReading
import TextEncodings

/// What a client of the HTTP API writes and reads beside its calls: for `apus purge`, which asks it as any other program
/// does.
package enum ClientSide {
    /// The value of `Authorization` for a private key (RFC 7617 §2).
    package static func authorization(key: String) -> String {
        "Basic " + Base64.encoded([UInt8]("\(key):".utf8))
    }

    /// The text of one field of an answer; `nil` if the answer has none or is no JSON.
    package static func field(_ name: String, of answer: [UInt8]) -> String? {
        guard case .object(let fields) = JSON(answer), case .string(let text) = fields[name] else { return nil }
        return text
    }
}
