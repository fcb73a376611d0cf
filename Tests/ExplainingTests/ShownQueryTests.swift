import Explaining
import Testing

/// A query without what opens something to its reader.
struct ShownQueryTests {
    @Test(arguments: [
        ("", "", false), ("v=1&tr=w-300", "v=1&tr=w-300", false), ("ik-t=1&ik-s=abc", "ik-t=1&ik-s=(hidden)", false),
        ("sig=a%3D&sv=2", "sig=(hidden)&sv=2", true),
        ("X-Amz-Signature=1&X-Amz-Date=2", "X-Amz-Signature=(hidden)&X-Amz-Date=2", true),
        ("x-goog-credential=a&Token=b", "x-goog-credential=(hidden)&Token=(hidden)", true),
        ("sig&&a=", "sig&&a=", false),
    ])
    func `Values that open something are hidden`(_ query: String, _ shown: String, _ hidesOthers: Bool) {
        #expect(ShownQuery(query).description == shown)
        #expect(ShownQuery(query).hidesOthers == hidesOthers)
    }
}
