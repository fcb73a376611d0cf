/// The path of a request as logs have it: a password in a URL that is the path (of a web proxy) opens more than it should to
/// every reader.
struct LoggedPath: CustomStringConvertible {
    let description: String

    init(_ path: String) {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let scheme = segments.firstIndex { segment in
            let start = segment.lowercased()
            return start == "http:" || start == "https:" || start.hasPrefix("http%3a") || start.hasPrefix("https%3a")
        }
        if let scheme {
            for index in segments.indices[scheme...] where segments[index].hasUserinfo { segments[index] = "-" }
        }
        description = segments.joined(separator: "/")
    }
}

extension String {
    fileprivate var hasUserinfo: Bool { contains("@") || contains("%40") }
}
