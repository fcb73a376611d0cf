import HostileOrigin
import Origins
import Testing
import Transfer

/// What a token service may answer, and what it is to be for the origin.
struct TokenAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let actions: [Action]
    let error: OriginError

    init(_ name: String, _ actions: [Action], _ error: OriginError) {
        testDescription = name
        self.actions = actions
        self.error = error
    }

    init(_ status: Int, _ error: OriginError) {
        self.init("status \(status)", .answer(status), error)
    }

    init(_ body: String) {
        self.init(String(body.prefix(60)), .answer(200, body: body), .unidentified(.noToken))
    }

    /// The timeouts with which a silent service is soon given up.
    static let timeouts = OriginTimeouts(firstByte: .milliseconds(80), stall: .milliseconds(80))

    static let bad = [
        TokenAnswer(400, .forbidden(by: .tokenService)), TokenAnswer(401, .forbidden(by: .tokenService)),
        TokenAnswer(403, .forbidden(by: .tokenService)), TokenAnswer(422, .forbidden(by: .tokenService)),
        TokenAnswer(
            "with a reason", .answer(400, body: "{\"error\":\"invalid_grant\",\"error_description\":\"Bad.\"}"),
            .forbidden(reason: "invalid_grant", by: .tokenService)),
        TokenAnswer(
            "with a reason that is no word", .answer(400, body: "{\"error\":\"no, said T1\"}"),
            .forbidden(by: .tokenService)),
        TokenAnswer(500, .unidentified(.status(500))),
        TokenAnswer(201, .unidentified(.status(201))), TokenAnswer(302, .unidentified(.status(302))),
        TokenAnswer("busy", .answer(503, ["Retry-After: 7"]), .unidentified(.status(503, retryAfter: 7))),
        TokenAnswer("rate limit", .answer(429, ["Retry-After: 9"]), .unidentified(.status(429, retryAfter: 9))),
        TokenAnswer(""), TokenAnswer("<html>"), TokenAnswer("null"), TokenAnswer("[]"), TokenAnswer("{}"),
        TokenAnswer("\"T1\""), TokenAnswer("{\"access_token\":\"T1\""), TokenAnswer("{\"access_token\":1}"),
        TokenAnswer("{\"access_token\":\"\"}"), TokenAnswer("{\"access_token\":\"a b\"}"),
        TokenAnswer("{\"access_token\":\"a\\r\\nX: y\"}"), TokenAnswer("{\"access_token\":\"é\"}"),
        TokenAnswer("{\"access_token\":\"\(String(repeating: "x", count: 20_000))\"}"),
        TokenAnswer("{\"access_token\":\"T1\",\"access_token\":\"T2\"}"),
        TokenAnswer("{\"access_token\":\"T1\",\"token_type\":\"mac\"}"),
        TokenAnswer(String(repeating: "[", count: 60_000)), TokenAnswer(String(repeating: "{\"a\":", count: 10_000)),
        TokenAnswer("huge", .answer(200, body: String(repeating: " ", count: 70_000)), .unidentified(.noToken)),
        TokenAnswer("endless", [.head("HTTP/1.1 200 OK"), .flood("[[[[")], .unidentified(.noToken)),
        TokenAnswer("silent", [.silence], .timedOut(.firstByte)),
        TokenAnswer("stalled", [.head("HTTP/1.1 200 OK"), .send("{"), .silence], .timedOut(.stall)),
        TokenAnswer("closed", [.close], .unidentified(.transfer(.truncated))),
        TokenAnswer(
            "cut off", [.head("HTTP/1.1 200 OK", "Content-Length: 9"), .send("{"), .close],
            .unidentified(.transfer(.truncated))),
        TokenAnswer("no HTTP", [.send("220 mail ready\r\n"), .close], .unidentified(.transfer(.protocolError))),
    ]

    /// Answers whose token is good, though its life is not said, or said badly.
    static let good = [
        "{\"access_token\":\"T1\"}", "{\"access_token\":\"T1\",\"expires_in\":\"3600\"}",
        "{\"access_token\":\"T1\",\"expires_in\":3599.5,\"token_type\":\"bearer\",\"scope\":null}",
        "{\"access_token\":\"T1\",\"expires_in\":-1}", "{\"access_token\":\"T1\",\"expires_in\":0}",
        "{\"access_token\":\"T1\",\"expires_in\":1e999}",
        "{\"access_token\":\"T1\",\"expires_in\":99999999999999999999}",
        "{\"access_token\":\"T1\",\"expires_in\":\"nan\"}", "{\"access_token\":\"T1\",\"expires_in\":\"-inf\"}",
        "{\"access_token\":\"T1\",\"expires_in\":\"soon\"}", "{\"access_token\":\"T1\",\"expires_in\":[]}",
        " {\"token_type\" : \"BEARER\", \"access_token\" : \"\\u0054\\u0031\"} ",
    ]
}
