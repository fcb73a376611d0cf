import FirstInputs
import HTTPRules

/// Addresses, ranges of them, the beginnings of URLs.
enum Addresses {
    static func check(_ text: String) {
        if let address = IPAddress(text) {
            expect(IPAddress(address.description) == address, "an address is read back as another one: \(text)")
            expect(IPRange(text)?.contains(address) == true, "an address outside of itself: \(text)")
            expect(address.isLoopback == address.unmapped.isLoopback, "loopback by one name only: \(text)")
        }
        if let slash = text.firstIndex(of: "/"), let range = IPRange(text),
            let address = IPAddress(String(text[..<slash]))
        {
            expect(range.contains(address), "a range without its own address: \(text)")
        }
        if let url = WebAddress(text) {
            expect(!url.host.contains { "/?#@".contains($0) }, "a host with more in it: \(url)")
            expect(text.hasSuffix(url.target) && text.hasPrefix(url.scheme), "another URL: \(url)")
            let name = url.hostName
            // A name that ends in two dots is none, and nobody finds it.
            if !name.hasSuffix(".") {
                expect(WebAddress.hostName(name + ".:80") == name, "two names of one host: \(url)")
            }
        }
        var timing = ServerTiming()
        timing.region = text
        timing.total = .seconds(text.utf8.count)
        let field = timing.description
        expect(field.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a field that is not plain: \(field)")
        expect(field.utf8.count { $0 == UInt8(ascii: "\"") } == 2, "an open quotation: \(field)")
    }
}
