import Memory

/// The bytes of an original as they arrive; shared memory whose errors are those of origins.
struct OriginalWriter: ~Copyable {
    private var writer: SharedMemoryWriter

    init(maximum: Int) throws(OriginError) {
        do throws(SharedMemoryError) {
            writer = try SharedMemoryWriter(maximum: maximum)
        } catch {
            throw .unidentified(.system(error.errno))
        }
    }

    var count: Int { writer.count }

    mutating func append(_ bytes: RawSpan) throws(OriginError) {
        do throws(SharedMemoryError) {
            try writer.append(bytes)
        } catch {
            throw .unidentified(.system(error.errno))
        }
    }

    consuming func finish() throws(OriginError) -> SharedMemory {
        do throws(SharedMemoryError) {
            return try writer.finish()
        } catch {
            throw .unidentified(.system(error.errno))
        }
    }
}
