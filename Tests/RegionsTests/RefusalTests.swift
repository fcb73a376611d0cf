import Metrics
import Regions
import Testing

@Suite struct RefusalTests {
    /// The header, the log and the metric have one word for it.
    @Test(arguments: RegionRefusal.allCases) func isCountedUnderItsName(_ refusal: RegionRefusal) {
        #expect(refusal.requestResult.rawValue == refusal.rawValue)
    }

    @Test(arguments: RegionRefusal.allCases) func itsNameGoesThroughAHeader(_ refusal: RegionRefusal) {
        #expect(refusal.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D })
    }
}
