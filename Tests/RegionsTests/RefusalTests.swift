import Regions
import Testing

@Suite struct RefusalTests {
    @Test func theNamesGoThroughAHeader() {
        for refusal in RegionRefusal.allCases {
            #expect(RegionRefusal(rawValue: refusal.rawValue) == refusal)
            #expect(refusal.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D })
        }
    }
}
