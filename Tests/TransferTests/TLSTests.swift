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
        #expect(throws: TransferError.tls(.selfSigned)) { try TransferClient().receive(byName) }
        #expect(throws: TransferError.tls(.wrongHost)) {
            try TransferClient(caFile: origin.certificate).receive(byAddress)
        }
        #expect(throws: TransferError.tls(.trustFile)) { try TransferClient(caFile: "/nowhere").receive(byName) }
        let received = try TransferClient(caFile: origin.certificate).receive(byName)
        #expect(received.response.head.status == 200)
    }

    @Test(
        "What is wrong with a certificate of an authority is told, once the authority is trusted",
        arguments: [
            (TLSCertificate.Kind.signed, TLSFault?.none), (.expired, .expired), (.notYetValid, .notYetValid),
        ])
    func authority(kind: TLSCertificate.Kind, fault: TLSFault?) throws {
        let origin = try TLSOrigin(kind)
        defer { origin.stop() }
        let asked = try request("https://localhost:\(origin.port)/")
        #expect(throws: TransferError.tls(.unknownAuthority)) { try TransferClient().receive(asked) }
        do throws(TransferError) {
            _ = try TransferClient(caFile: origin.certificate).receive(asked)
            #expect(fault == nil)
        } catch {
            #expect(error == fault.map { .tls($0) })
        }
    }

    @Test("A server that speaks something else is told from one whose certificate is wrong")
    func noTLS() throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin in
            let asked = try request("https://localhost:\(origin.port)/")
            #expect(throws: TransferError.tls(.handshake)) { try TransferClient().receive(asked) }
        }
    }
}
