import HostileOrigin
import Testing
import Transfer

@Suite("TLS", .enabled(if: TLSOrigin.isAvailable, "needs the openssl program"))
struct TLSTests {
    @Test("A certificate that nobody has signed is refused; one that the owner trusts is not, for its own name")
    func certificates() throws {
        let origin = try TLSOrigin()
        defer { origin.stop() }
        let byName = try request("https://localhost:\(origin.port)/")
        let byAddress = try request("https://127.0.0.1:\(origin.port)/")
        #expect(throws: TransferError.tls) { try TransferClient().receive(byName) }
        #expect(throws: TransferError.tls) { try TransferClient(caFile: origin.certificate).receive(byAddress) }
        #expect(throws: TransferError.tls) { try TransferClient(caFile: "/nowhere").receive(byName) }
        let received = try TransferClient(caFile: origin.certificate).receive(byName)
        #expect(received.response.head.status == 200)
    }
}
