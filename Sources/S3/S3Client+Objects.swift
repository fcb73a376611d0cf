package import Deadlines
package import Memory
package import Transfer

extension S3Client {
    /// The type of objects that only a program reads.
    package static let plainBytes = "application/octet-stream"

    /// Begins to read an object.
    ///
    /// - Parameters:
    ///   - headers: conditions, a range; sent and signed.
    ///   - unsigned: sent as well; a proxy on the way may change them.
    ///
    /// - Returns: the answer (2xx, or 304 to a condition), whose body is still to be read. To credentials that may not
    ///   list the bucket, Amazon says 403 of an object that is not there.
    package func openObject(
        _ key: String, headers: [HeaderField] = [], unsigned: [HeaderField] = [], until deadline: Deadline
    ) throws(S3Error) -> TransferStream {
        try send(Call(method: .get, key: key, headers: headers, unsigned: unsigned, limit: .max), until: deadline)
    }

    /// All bytes of an object; `nil` if there is no such object. Throws `.tooLarge` beyond `limit` bytes.
    package func getObject(_ key: String, limit: Int, until deadline: Deadline) throws(S3Error) -> SharedMemory? {
        let call = Call(method: .get, key: key, limit: limit)
        guard let answer = try ifThere({ () throws(S3Error) in try send(call, until: deadline) }) else { return nil }
        var writer = try Self.writer(limit: limit)
        try Self.read(answer, limit: limit) { (piece) throws(S3Error) in
            do throws(SharedMemoryError) { try writer.append(piece) } catch { throw .memory(error) }
        }
        do throws(SharedMemoryError) { return try writer.finish() } catch { throw .memory(error) }
    }

    private static func writer(limit: Int) throws(S3Error) -> SharedMemoryWriter {
        do throws(SharedMemoryError) { return try SharedMemoryWriter(maximum: limit) } catch { throw .memory(error) }
    }

    /// Keeps `parts`, one after the other, as an object in place of what was there: readers see all of it or none.
    ///
    /// - Parameter headers: such as `x-amz-meta-…`; sent and signed.
    package func putObject(
        _ parts: [any Blob], as key: String, contentType: String = S3Client.plainBytes, headers: [HeaderField] = [],
        until deadline: Deadline
    ) throws(S3Error) {
        let call = Call(method: .put(parts), key: key, headers: [HeaderField("Content-Type", contentType)] + headers)
        _ = try finish(call, until: deadline)
    }

    /// Removes an object, if there is one.
    package func deleteObject(_ key: String, until deadline: Deadline) throws(S3Error) {
        _ = try ifThere { () throws(S3Error) in try finish(Call(method: .delete, key: key), until: deadline) }
    }

    /// Carries out what is answered by a head alone.
    private func finish(_ call: Call, until deadline: Deadline) throws(S3Error) -> ResponseHead {
        let answer = try send(call, until: deadline)
        answer.skip()
        return answer.head
    }

    private func ifThere<Value>(_ body: () throws(S3Error) -> Value) throws(S3Error) -> Value? {
        do throws(S3Error) { return try body() } catch {
            guard error.saysNoObject else { throw error }
            return nil
        }
    }
}

extension S3Error {
    /// Not found, but not for want of the bucket. The answer to a HEAD has no code.
    fileprivate var saysNoObject: Bool {
        guard case .refused(404, let code, _) = self else { return false }
        return code == "NoSuchKey" || code.isEmpty
    }
}
