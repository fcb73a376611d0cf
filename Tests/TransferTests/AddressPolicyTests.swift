import Deadlines
import HTTPRules
import HostileOrigin
import Testing
import Transfer

@Suite("The address guard")
struct AddressPolicyTests {
    /// Every way of peers' B1–B6 to name what is not the public internet.
    static let forbidden = [
        // This host and this network.
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::", "::1",
        // Clouds' credentials and hosts.
        "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
        // Private, shared, assigned, benchmarks, documentation, reserved.
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
        "100.127.255.255", "192.0.0.1", "198.18.0.1", "198.19.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1",
        "192.88.99.1", "240.0.0.1", "255.255.255.254", "255.255.255.255", "224.0.0.1", "239.255.255.255",
        // IPv6 of the same kinds.
        "fe80::1", "febf::1", "fec0::1", "feff::1", "fc00::1", "fdff::1", "ff02::1", "ff0e::1", "100::1", "2001:db8::1",
        "3fff::1", "2001:2::1", "5f00::1", "4000::1", "1fff::1",
        // IPv4 inside IPv6: mapped, compatible, translated, 6to4, Teredo, ISATAP.
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2a00:1450::5efe:127.0.0.1", "2a00:1450::200:5efe:10.0.0.1",
    ]

    static let allowed = [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::200e",
        "2001:4860:4860::8888", "2001:200::1", "2003::1", "2620:fe::fe",
    ]

    @Test("Refuses everything that is not public", arguments: forbidden)
    func refuses(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!AddressPolicy.publicOnly(allowed: []).allows(address))
        #expect(AddressPolicy.configured.allows(address))
    }

    @Test("Lets the public through, up to the edges of the ranges", arguments: allowed)
    func passes(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.publicOnly(allowed: []).allows(address))
    }

    @Test("Lets through what the owner allows, but no tunnel to it")
    func ownersRange() throws {
        let policy = AddressPolicy.publicOnly(allowed: [try #require(IPRange("10.1.0.0/16"))])
        #expect(policy.allows(try #require(IPAddress("10.1.2.3"))))
        #expect(!policy.allows(try #require(IPAddress("10.2.0.1"))))
        #expect(!policy.allows(try #require(IPAddress("::ffff:10.2.0.1"))))
        #expect(!policy.allows(try #require(IPAddress("2002:a01:203::"))))
    }

    @Test("A name with allowed and forbidden addresses reaches only the allowed one")
    func mixedAnswers() throws {
        let policy = try loopbackAllowed()
        try HostileOrigin.serve { _ in
            .answer(200, body: "x")
        } _: { origin in
            // `localhost` is 127.0.0.1, which is allowed here, and on most hosts ::1, which is not.
            let asked = try request("http://localhost:\(origin.port)/", policy: policy)
            #expect(try TransferClient().receive(asked).body == "x")
        }
    }

    @Test("Lets the owner name any port", arguments: [22, 6379])
    func ownersPorts(port: Int) {
        #expect(AddressPolicy.configured.allows(port: port))
        #expect(!AddressPolicy.publicOnly(allowed: []).allows(port: port))
    }

    @Test("Leaves them the ports of HTTP", arguments: [80, 443, 3000, 8000, 8080, 8443, 9000])
    func httpPorts(port: Int) {
        #expect(AddressPolicy.publicOnly(allowed: []).allows(port: port))
    }
}
