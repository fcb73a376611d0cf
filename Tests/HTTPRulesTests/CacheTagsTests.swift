import HTTPRules
import Testing

struct CacheTagsTests {
    struct Case: CustomTestStringConvertible {
        var cacheTag: String?
        var surrogateKey: String?
        let tags: [String]
        var testDescription: String { "\((cacheTag ?? "").prefix(30)) | \((surrogateKey ?? "").prefix(30))" }
    }

    private static let long = String(repeating: "x", count: 128)

    @Test(arguments: [
        Case(tags: []),
        Case(cacheTag: "", surrogateKey: "", tags: []),
        Case(cacheTag: "a,b , c", tags: ["a", "b", "c"]),
        Case(cacheTag: "red shoe,b", tags: ["red shoe", "b"]),
        Case(surrogateKey: "a  b\tc", tags: ["a", "b", "c"]),
        Case(surrogateKey: "a b, c", tags: ["a", "b", "c"]),
        Case(cacheTag: "a,b", surrogateKey: "b c a", tags: ["a", "b", "c"]),
        Case(cacheTag: ",, ,a,,", surrogateKey: " , ", tags: ["a"]),
        Case(cacheTag: "A,a", tags: ["A", "a"]),
        Case(cacheTag: "ä,b,\u{7},c\td", surrogateKey: "é \u{0} z", tags: ["b", "z"]),
        Case(cacheTag: "\(long),\(long)x,y", tags: [long, "y"]),
        Case(cacheTag: "*,\"q\",a/b", tags: ["*", "\"q\"", "a/b"]),
    ])
    func areRead(_ item: Case) {
        #expect(CacheTags.read(cacheTag: item.cacheTag, surrogateKey: item.surrogateKey) == item.tags)
    }

    @Test func areNoMoreThanTheLimit() {
        let many = (0..<1000).map(String.init)
        let tags = CacheTags.read(cacheTag: many.joined(separator: ","), surrogateKey: "last")
        #expect(tags == Array(many.prefix(64)))
        // The same again and again leaves room for others.
        let same = Array(repeating: "a", count: 1000).joined(separator: " ")
        #expect(CacheTags.read(cacheTag: nil, surrogateKey: same + " b") == ["a", "b"])
    }

    @Test(arguments: [
        ("a", true), ("a b", true), ("", false), (" a", false), ("a ", false), ("a,b", false), ("ü", false),
    ])
    func areKnown(tag: String, isTag: Bool) {
        #expect(CacheTags.isTag(tag) == isTag)
    }
}
