package import Deadlines
package import Memory
package import Transfer

extension S3Client {
    /// The type of objects that only a program reads.
    package static let plainBytes = "application/octet-stream"

    /// Reads an object piece by piece.
    ///
    /// - Parameters:
    ///   - headers: conditions, a range; sent and signed.
    ///   - limit: the largest body, in bytes.
    ///   - head: is shown the answer (2xx, or 304 to a condition) before its body and says whether the body is wanted.
    ///   - body: is lent each piece for the length of the call; `false` ends with `.transfer(.stopped)`.
    ///
    /// - Returns: the head that was shown, `nil` if there is no such object. (To credentials that may not list the bucket,
    ///   Amazon says 403 instead.)
    package func readObject(
        _ key: String, headers: [HeaderField] = [], limit: Int, until deadline: Deadline,
        head: (ResponseHead) -> BodyDecision, body: (RawSpan) -> Bool
    ) throws(S3Error) -> ResponseHead? {
        let call = Call(method: .get, key: key, headers: headers, limit: limit)
        do throws(S3Error) {
            return try send(call, until: deadline, head: head, body: body)
        } catch {
            guard error.saysNoObject else { throw error }
            return nil
        }
    }

    /// All bytes of an object; `nil` if there is no such object. Throws `.tooLarge` beyond `limit` bytes.
    package func getObject(_ key: String, limit: Int, until deadline: Deadline) throws(S3Error) -> SharedMemory? {
        var writer = try Self.writer(limit: limit)
        var failure: SharedMemoryError?
        let head: ResponseHead?
        do throws(S3Error) {
            head = try readObject(key, limit: limit, until: deadline) { _ in
                .receive
            } body: { piece in
                do throws(SharedMemoryError) { try writer.append(piece) } catch { failure = error }
                return failure == nil
            }
        } catch {
            throw failure.map { .memory($0) } ?? error
        }
        guard head != nil else { return nil }
        do throws(SharedMemoryError) { return try writer.finish() } catch { throw .memory(error) }
    }

    private static func writer(limit: Int) throws(S3Error) -> SharedMemoryWriter {
        do throws(SharedMemoryError) { return try SharedMemoryWriter(maximum: limit) } catch { throw .memory(error) }
    }

    /// What there is to know of an object without reading it; `nil` if there is no such object.
    package func headObject(_ key: String, until deadline: Deadline) throws(S3Error) -> ResponseHead? {
        do throws(S3Error) {
            return try send(Call(method: .head, key: key), until: deadline, head: { _ in .skip }, body: { _ in true })
        } catch {
            guard error.saysNoObject else { throw error }
            return nil
        }
    }

    /// Keeps `parts`, one after the other, as an object in place of what was there: readers see all of it or none.
    ///
    /// - Parameter headers: such as `x-amz-meta-…`; sent and signed.
    package func putObject(
        _ parts: [any Blob], as key: String, contentType: String = S3Client.plainBytes, headers: [HeaderField] = [],
        until deadline: Deadline
    ) throws(S3Error) {
        let call = Call(method: .put(parts), key: key, headers: [HeaderField("Content-Type", contentType)] + headers)
        _ = try send(call, until: deadline, head: { _ in .skip }, body: { _ in true })
    }

    /// Removes an object, if there is one.
    package func deleteObject(_ key: String, until deadline: Deadline) throws(S3Error) {
        do throws(S3Error) {
            _ = try send(Call(method: .delete, key: key), until: deadline, head: { _ in .skip }, body: { _ in true })
        } catch {
            guard error.saysNoObject else { throw error }
        }
    }
}

extension S3Error {
    /// Not found, but not for want of the bucket. The answer to a HEAD has no code.
    fileprivate var saysNoObject: Bool {
        guard case .refused(404, let code) = self else { return false }
        return code == "NoSuchKey" || code.isEmpty
    }
}
