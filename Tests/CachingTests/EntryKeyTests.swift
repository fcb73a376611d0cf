import Caching
import Digests
import Storage
import Testing

@Suite struct EntryKeyTests {
    private func key(_ kind: EntryKey.Kind, _ text: String) -> EntryKey {
        EntryKey(kind, DigestBuilder(text).finish())
    }

    @Test func namesDifferByWhatTheyName() throws {
        let variant = key(.variant, "a")
        let names = [
            variant.redisName, variant.leaseName, variant.wishName, key(.variant, "b").redisName,
            key(.original, "b").leaseName,
        ]
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.hasPrefix("apus:v3:") })
        #expect(variant.redisName == "apus:v3:" + variant.description)
        #expect(variant != key(.original, "a"))
    }

    @Test func everyKeyHasANameInTheStore() throws {
        for number in 0..<200 {
            let name = try #require(key(number.isMultiple(of: 2) ? .variant : .original, "\(number)").storeName)
            #expect(name.kind == (number.isMultiple(of: 2) ? .variant : .original))
            #expect(name.text.utf8.count == 46)
        }
    }
}
