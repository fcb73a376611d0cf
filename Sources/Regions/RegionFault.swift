/// An error that a region answers with and nobody keeps.
package struct RegionFault: Error, Sendable, Hashable {
    package var status: Int
    /// As in `ik-error`.
    package var code: String
    package var message: String
    /// Seconds.
    package var retryAfter: Int?
    /// Whether it says something about that region at that moment, and nothing about the picture: another may well be able
    /// to answer.
    package var isOfRegion: Bool
    /// For `Content-Range` of a 416, in bytes.
    package var fileLength: Int?

    package init(
        status: Int, code: String, message: String, retryAfter: Int? = nil, isOfRegion: Bool, fileLength: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.isOfRegion = isOfRegion
        self.fileLength = fileLength
    }
}

extension RegionFault {
    func add(to fields: inout RegionFields) {
        fields.add("fault-status", "\(status)")
        fields.add("fault-code", code)
        fields.add("fault-message", escaping: message)
        fields.add("fault-retry", ifPresent: retryAfter)
        fields.add("fault-of", isOfRegion ? "region" : "picture")
        fields.add("fault-length", ifPresent: fileLength)
    }

    static let names: Set<String> = [
        "fault-status", "fault-code", "fault-message", "fault-retry", "fault-of", "fault-length",
    ]

    /// `nil` where it makes no sense.
    init?(_ fields: RegionFields) {
        guard let status = fields["fault-status"].flatMap({ RegionFields.number($0, max: 599) }), status >= 400,
            let code = fields["fault-code"],
            let message = fields["fault-message"].flatMap({ RegionFields.unescaped($0) }),
            let side = fields["fault-of"],
            side == "region" || side == "picture"
        else { return nil }
        var numbers: [Int?] = []
        for name in ["fault-retry", "fault-length"] {
            let value = fields[name]
            let number = value.flatMap { RegionFields.number($0) }
            guard (value == nil) == (number == nil) else { return nil }
            numbers.append(number.map { Int($0) })
        }
        self.init(
            status: Int(status), code: code, message: message, retryAfter: numbers[0], isOfRegion: side == "region",
            fileLength: numbers[1])
    }
}
