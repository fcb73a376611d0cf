/// Records as a web server sends them (FastCGI specification §3.3, §5).
enum Records {
    static func record(_ type: UInt8, _ content: [UInt8], id: UInt16 = 1, version: UInt8 = 1) -> [UInt8] {
        [
            version, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0,
            0,
        ] + content
    }

    static func begin(keeping: Bool, role: UInt8 = 1, id: UInt16 = 1) -> [UInt8] {
        record(1, [0, role, keeping ? 1 : 0, 0, 0, 0, 0, 0], id: id)
    }

    /// The parameters as a stream, with its end.
    static func parameters(_ parameters: [(String, String)], id: UInt16 = 1) -> [UInt8] {
        stream(4, parameters.flatMap { pair([UInt8]($0.utf8), [UInt8]($1.utf8)) }, id: id)
    }

    static func pair(_ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
        length(name.count) + length(value.count) + name + value
    }

    /// A stream in records of at most 65,535 bytes, and the empty record that ends it.
    static func stream(_ type: UInt8, _ bytes: [UInt8], id: UInt16 = 1) -> [UInt8] {
        var records: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            records += record(type, [UInt8](rest.prefix(65_535)), id: id)
            rest = rest.dropFirst(65_535)
        }
        return records + record(type, [], id: id)
    }

    static func input(_ body: [UInt8] = [], id: UInt16 = 1) -> [UInt8] {
        stream(5, body, id: id)
    }

    static func request(
        _ parameters: [(String, String)], keeping: Bool, id: UInt16 = 1, body: [UInt8] = []
    ) -> [UInt8] {
        begin(keeping: keeping, id: id) + self.parameters(parameters, id: id) + input(body, id: id)
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128
            ? [UInt8(count)]
            : [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }
}
