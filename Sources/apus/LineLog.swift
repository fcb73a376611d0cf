import Deadlines
import JSONReading
import Logging

/// Logs one JSON object a line to standard error.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let label: String

    init(label: String) {
        self.label = label
    }

    static func start() {
        LoggingSystem.bootstrap { LineLog(label: $0) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "{\"time\":\(WallClock.unixSeconds),\"level\":\"\(event.level)\",\"from\":\(Self.quoted(label))"
        line += ",\"message\":\(Self.quoted(event.message.description))"
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
            line += ",\(Self.quoted(name)):\(Self.quoted(value.description))"
        }
        writeError(line + "}\n")
    }

    /// Longer values, such as paths made to fill a disk, are cut.
    private static let longestValue = 2000

    /// Control characters are escaped, so nothing from outside can begin a line.
    private static func quoted(_ text: String) -> String {
        JSON.quoted(String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestValue))))
    }
}
