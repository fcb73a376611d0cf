import Explaining
import Testing

/// A query without what opens something to its reader.
struct ShownQueryTests {
    @Test(arguments: [
        ("", "", false), ("v=1&tr=w-300", "v=1&tr=w-300", false), ("ik-t=1&ik-s=abc", "ik-t=1&ik-s=(hidden)", false),
        ("sig=a%3D&sv=2", "sig=(hidden)&sv=2", true),
        ("X-Amz-Signature=1&X-Amz-Date=2", "X-Amz-Signature=(hidden)&X-Amz-Date=2", true),
        ("x-goog-credential=a&Token=b", "x-goog-credential=(hidden)&Token=(hidden)", true),
        ("sig&&a=", "sig&&a=", false), ("%73ig=TOKEN&to%6Ben=b", "%73ig=(hidden)&to%6Ben=(hidden)", true),
        ("ik%2Ds=abc", "ik%2Ds=(hidden)", false),
        ("of=https%3A%2F%2Fuser%3Apw%40host%2Fa&v=1", "of=(hidden)&v=1", true), ("https://host/?a", "(hidden)", true),
        ("tr=l-image,ie-YS5wbmc%3D,l-end", "tr=l-image,ie-YS5wbmc%3D,l-end", false),
        ("tr=l-image,ie-aHR0cHM6Ly9oLz9zaWc9MQ,l-end&a=b", "tr=l-image,ie-(hidden),l-end&a=b", true),
    ])
    func `Values that open something are hidden`(_ query: String, _ shown: String, _ hidesOthers: Bool) {
        #expect(ShownQuery(query).description == shown)
        #expect(ShownQuery(query).hidesOthers == hidesOthers)
    }
}
