import Deadlines
import HTTPRules
import HostileOrigin
import Synchronization
import Testing
import Transfer

/// What a transfer has given: the head as it was shown before the body, and the body.
struct Received {
    let response: TransferResponse
    let body: String
    /// The status that the caller was shown, before the first byte of the body.
    let statusBeforeBody: Int?
}

/// Limits that no test of something else runs into.
let generous = TransferLimits(
    connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: 1_000_000
)

func request(
    _ url: String, purpose: String = "test", policy: AddressPolicy = .configured,
    redirectPolicy: AddressPolicy = .publicOnly(allowed: []), limits: TransferLimits = generous
) throws(TransferError) -> TransferRequest {
    TransferRequest(
        purpose: purpose, url: try TransferURL(url), policy: policy, redirectPolicy: redirectPolicy, limits: limits
    )
}

extension TransferClient {
    /// Fetches everything, unless `wants` says otherwise.
    func receive(
        _ request: TransferRequest, deadline: Deadline = Deadline(in: .seconds(30)),
        wants: (ResponseHead) -> Bool = { _ in true }
    ) throws(TransferError) -> Received {
        var body: [UInt8] = []
        var shown: Int?
        var statusBeforeBody: Int?
        let response = try get(request, deadline: deadline) { head in
            shown = head.status
            return wants(head) ? .receive : .skip
        } body: { bytes in
            statusBeforeBody = shown
            bytes.withUnsafeBytes { body.append(contentsOf: $0) }
            return true
        }
        return Received(
            response: response, body: String(decoding: body, as: UTF8.self), statusBeforeBody: statusBeforeBody
        )
    }
}

/// Loopback addresses, as an owner would allow them.
func loopbackAllowed() throws -> AddressPolicy {
    .publicOnly(allowed: [try #require(IPRange("127.0.0.0/8"))])
}
