import Deadlines
import Delivery
import Glibc
import Memory
import Origins
import Transformation

/// The files that one render reads: the picture itself, and below a folder what its layers show, which is looked up as in
/// a DISK origin.
struct LocalFiles {
    private static let limit: Duration = .seconds(60)

    private let file: String
    private let root: String
    private let sourceBytes: Int

    /// - Parameters:
    ///   - root: the folder of `file` if it is not given.
    ///   - sourceBytes: the longest file that is read.
    init(of file: String, root: String?, sourceBytes: Int) {
        self.file = file
        self.root = root ?? Self.split(file).folder
        self.sourceBytes = sourceBytes
    }

    /// The picture itself, which may be a symbolic link.
    func original() throws(DeliveryError) -> SharedMemory {
        guard let real = realpath(file, nil) else {
            throw DeliveryError(
                status: 404, code: "ENOENT", message: "\(file): \(String(cString: strerror(errno)))", keeping: .never)
        }
        defer { free(real) }
        let (folder, name) = Self.split(String(cString: real))
        return try read(OriginPath(segments: [Array(name.utf8)], encoded: name), in: folder)
    }

    /// What a layer shows.
    func input(_ input: LayerInput) throws(DeliveryError) -> SharedMemory {
        let path = OriginPath(segments: input.path.segments, encoded: input.path.canonical)
        do { return try read(path, in: root) } catch { throw error.naming(input) }
    }

    private func read(_ path: OriginPath, in folder: String) throws(DeliveryError) -> SharedMemory {
        do throws(OriginError) {
            let answer = try OriginList([DiskOrigin(id: "file", root: folder)]).fetch(
                OriginRequest(path: path), longest: sourceBytes, deadline: Deadline(in: Self.limit)
            ) { _ in .init(maximumBytes: sourceBytes, streamsLonger: false) }
            guard case .original(let original) = answer else { throw .tooLarge(limit: sourceBytes) }
            return original.bytes
        } catch {
            throw DeliveryError(error)
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
