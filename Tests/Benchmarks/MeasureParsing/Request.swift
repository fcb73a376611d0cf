import Glibc
import Transformation

/// A path and query that is read again and again.
struct Request {
    let name: String
    let path: [UInt8]
    let query: [UInt8]
    /// Whether it shall be refused; nil: unknown.
    let isRefused: Bool?

    init(_ name: String, _ transformation: String, isRefused: Bool = false) {
        self.name = name
        self.isRefused = isRefused
        path = Array("/tr:\(transformation)/folder/photo.jpg".utf8)
        query = Array("v=3".utf8)
    }

    private init(file: String, bytes: [UInt8]) {
        name = file
        isRefused = nil
        let parts = bytes.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        path = [UInt8(ascii: "/")] + parts[0]
        query = parts.count > 1 ? Array(parts[1]) : []
    }

    /// As a worker reads it.
    ///
    /// - Returns: the bytes of the canonical text; nil if the request is refused.
    @inline(never)
    func read() -> Int? {
        try? Self.canonical(path: path, query: query).utf8.count
    }

    private static func canonical(path: [UInt8], query: [UInt8]) throws(TransformationError) -> String {
        let url = try DeliveryURL(path: RequestPath(path), consumed: 0, query: query)
        return try Transformation(url.transformations).resolve(accepting: [.avif, .webp]).canonical
    }

    // MARK: - What is read

    static let typical = [
        Request("size", "w-400,h-300"),
        Request("crop and quality", "w-800,h-600,cm-extract,fo-top,q-80,f-webp"),
        Request("chain with effects", "w-600,h-400,fo-auto:r-max,e-sharpen-10,bl-2:rt-90,bg-F3E2C0"),
        Request("condition and expressions", "if-ar_gt_1.5,w-iw_div_2,h-ih_mul_0.3,if-else,w-300,if-end"),
        Request(
            "three layers",
            "w-400:l-image,i-logo.png,w-80,lx-10,ly-10,l-end,l-text,i-Sitta%20europaea,fs-24,co-FFFFFF,ly-N10,l-end,"
                + "l-image,i-ik_canvas,bg-FF000080,w-400,h-20,lfo-bottom,l-end"),
    ]

    /// Pieces that go on until the longest text that is read at all, and only one of which makes sense to its end.
    static let atTheLimit = [
        "a", ",", ",w-1", "e-shadow-", "l-image,i-a,", "if-w_gt_1,", "%2C", "_add_iw",
    ].map { piece in
        let count = (TransformationLimits().textBytes - beginning.utf8.count) / piece.utf8.count
        let text = beginning + String(repeating: piece, count: count)
        return Request("16 KB of '\(piece)'", text, isRefused: piece != ",w-1")
    }

    private static let beginning = "h-iw"

    static func files(in folder: String) -> [Request] {
        guard let entries = opendir(folder) else { return [] }
        defer { closedir(entries) }
        var requests: [Request] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let bytes = contents(of: folder + "/" + name) { requests.append(Request(file: name, bytes: bytes)) }
        }
        return requests
    }

    private static let longestFile = 65_536

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: longestFile)
        let count = fread(&bytes, 1, bytes.count, file)
        return ferror(file) == 0 ? Array(bytes.prefix(count)) : nil
    }
}
