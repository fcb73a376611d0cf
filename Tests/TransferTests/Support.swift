import Deadlines
import HTTPRules
import HostileOrigin
import Synchronization
import Testing
import Transfer

/// What a transfer has given.
struct Received {
    let response: TransferStream
    let body: String
    let bodyCount: Int
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
        let response = try open(request, deadline: deadline)
        guard wants(response.head) else {
            response.skip()
            return Received(response: response, body: "", bodyCount: 0)
        }
        var body: [UInt8] = []
        while try response.read({ piece in piece.withUnsafeBytes { body.append(contentsOf: $0) } }) {}
        return Received(response: response, body: String(decoding: body, as: UTF8.self), bodyCount: body.count)
    }
}

/// Loopback addresses, as an owner would allow them.
func loopbackAllowed() throws -> AddressPolicy {
    .publicOnly(allowed: [try #require(IPRange("127.0.0.0/8"))])
}
