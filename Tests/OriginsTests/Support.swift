import Deadlines
import Glibc
import HTTPRules
import HostileOrigin
import Memory
import Origins
import Transfer

/// A request for an object of that name, which needs no encoding.
func object(_ name: String, query: String? = nil, range: ByteRange? = nil) -> OriginRequest {
    let segments = name.split(separator: "/", omittingEmptySubsequences: false).map { [UInt8]($0.utf8) }
    return OriginRequest(path: OriginPath(segments: segments, encoded: name), query: query, range: range)
}

/// Holds what is not longer, and has no use for anything else.
func holding(_ maximumBytes: Int = 1_000_000) -> (OriginList.Beginning) -> OriginList.Handling {
    { _ in OriginList.Handling(maximumBytes: maximumBytes, streamsLonger: false) }
}

extension Origin {
    /// What comes of being the only origin.
    func answer(
        _ request: OriginRequest, maximumBytes: Int = 1_000_000, deadline: Deadline = Deadline(in: .seconds(30))
    ) throws(OriginError) -> OriginList.Answer {
        try OriginList([self]).fetch(
            request, longest: maximumBytes, deadline: deadline, handling: holding(maximumBytes))
    }

    /// The original itself.
    func fetch(_ request: OriginRequest, maximumBytes: Int = 1_000_000) throws(OriginError) -> Original {
        try answer(request, maximumBytes: maximumBytes).original
    }
}

extension OriginList.Answer {
    var original: Original {
        get throws(OriginError) {
            guard case .original(let original) = self else { throw .unidentified(.status(304)) }
            return original
        }
    }

    /// What is still to be read.
    var body: any OriginalBody {
        get throws(OriginError) {
            guard case .opened(let body) = self else { throw .unidentified(.status(200)) }
            return body
        }
    }

    var isNotModified: Bool {
        if case .notModified = self { true } else { false }
    }

    var metadata: Original.Metadata {
        switch self {
        case .original(let original): original.metadata
        case .opened(let body): body.metadata
        case .notModified(let metadata): metadata
        }
    }
}

extension Original {
    var validators: Validators { metadata.validators }
    var isPrivate: Bool { metadata.isPrivate }
    var text: String { String(decoding: bytes.copied, as: UTF8.self) }
}

/// A folder of its own, empty at first. It is gone, with what was made in it here, when the object is.
final class TemporaryFolder {
    let path: String
    private var made: [[CChar]] = []

    init() throws {
        var template = Array("/var/tmp/apus-origin-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure(call: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in made.reversed() { remove(name) }
        rmdir(path)
    }

    func write(_ name: String, _ text: String = "", mode: mode_t = 0o644) throws {
        try write([UInt8](name.utf8), text, mode: mode)
    }

    /// Names need not be UTF-8.
    func write(_ name: [UInt8], _ text: String = "", mode: mode_t = 0o644) throws {
        let descriptor = open(adopt(name), O_WRONLY | O_CREAT | O_TRUNC, mode)
        try check(descriptor >= 0, "open")
        defer { close(descriptor) }
        try check(Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count, "write")
    }

    func makeFolder(_ name: String) throws {
        try check(mkdir(adopt([UInt8](name.utf8)), 0o755) == 0, "mkdir")
    }

    func makeFIFO(_ name: String) throws {
        try check(mkfifo(adopt([UInt8](name.utf8)), 0o644) == 0, "mkfifo")
    }

    func link(_ name: String, to target: String) throws {
        try check(symlink(target, adopt([UInt8](name.utf8))) == 0, "symlink")
    }

    /// The whole path, noted for removal.
    private func adopt(_ name: [UInt8]) -> [CChar] {
        let whole = ([UInt8]("\(path)/".utf8) + name + [0]).map(CChar.init(bitPattern:))
        made.append(whole)
        return whole
    }

    private func check(_ condition: Bool, _ call: String) throws {
        guard condition else { throw SystemFailure(call: call, errno: errno) }
    }
}
