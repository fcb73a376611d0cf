import Glibc

/// Writes an answer as STDOUT records (FastCGI specification §3.3, §5.3) of up to 65,528 bytes, and the end of the request
/// (§5.5), with one `writev(2)` for each batch.
struct RecordWriter: Sendable {
    /// The largest content whose record needs no padding to a multiple of eight.
    static let maximumContent = 65_528
    private static let headerLength = 8
    /// Records handed to one `writev`: each takes a header and at most two pieces.
    private static let batch = 16

    private enum Kind: UInt8 {
        case endRequest = 3
        case standardOutput = 6
    }

    let connection: Int32
    let requestID: UInt16

    /// Writes `first` and then `second` as one stream; if that is all, also its end, and that the request is complete.
    func write(_ first: RawSpan, _ second: RawSpan, isAll: Bool) throws(ClientGone) {
        let done = first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in
                send(first, second, ending: isAll ? ending : [])
            }
        }
        if !done { throw ClientGone() }
    }

    private var ending: [UInt8] {
        header(.standardOutput, 0) + header(.endRequest, Self.headerLength) + [0, 0, 0, 0, 0, 0, 0, 0]
    }

    private func send(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, ending: [UInt8]
    ) -> Bool {
        let total = first.count + second.count
        var sent = 0
        repeat {
            let records = min(Self.batch, (total - sent + Self.maximumContent - 1) / Self.maximumContent)
            var headers: [UInt8] = []
            var counts: [Int] = []
            var planned = sent
            for _ in 0..<records {
                let count = min(Self.maximumContent, total - planned)
                headers += header(.standardOutput, count)
                counts.append(count)
                planned += count
            }
            let isLast = planned == total
            if isLast { headers += ending }
            let written = headers.withUnsafeBytes { headers in
                var vectors: [iovec] = []
                vectors.reserveCapacity(records * 3 + 1)
                for (record, count) in counts.enumerated() {
                    vectors.append(vector(headers, record * Self.headerLength, Self.headerLength))
                    vectors.append(contentsOf: pieces(of: first, second, from: sent, count: count))
                    sent += count
                }
                if isLast, !ending.isEmpty {
                    vectors.append(vector(headers, headers.count - ending.count, ending.count))
                }
                return writeAll(&vectors)
            }
            if !written { return false }
        } while sent < total
        return true
    }

    private func header(_ kind: Kind, _ contentLength: Int) -> [UInt8] {
        let version: UInt8 = 1
        return [
            version, kind.rawValue, UInt8(requestID >> 8), UInt8(requestID & 0xFF),
            UInt8(contentLength >> 8), UInt8(contentLength & 0xFF), 0, 0,
        ]
    }

    private func pieces(
        of first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, from start: Int, count: Int
    ) -> [iovec] {
        var pieces: [iovec] = []
        let fromFirst = max(0, min(count, first.count - start))
        if fromFirst > 0 { pieces.append(vector(first, start, fromFirst)) }
        if count > fromFirst { pieces.append(vector(second, start + fromFirst - first.count, count - fromFirst)) }
        return pieces
    }

    private func vector(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> iovec {
        // writev(2) does not write through the pointer, though its type would allow it.
        iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress?.advanced(by: start)), iov_len: count)
    }

    private func writeAll(_ vectors: inout [iovec]) -> Bool {
        var next = 0
        while next < vectors.count {
            let written = vectors.withUnsafeBufferPointer { buffer in
                writev(connection, buffer.baseAddress?.advanced(by: next), Int32(vectors.count - next))
            }
            if written < 0 {
                if errno == EINTR { continue }
                return false
            }
            next = advance(&vectors, from: next, by: written)
        }
        return true
    }

    /// Skips what a partial write has taken; returns the first vector that still has bytes.
    private func advance(_ vectors: inout [iovec], from start: Int, by written: Int) -> Int {
        var next = start
        var left = written
        while next < vectors.count, left >= vectors[next].iov_len {
            left -= vectors[next].iov_len
            next += 1
        }
        if next < vectors.count, left > 0 {
            vectors[next].iov_base = vectors[next].iov_base?.advanced(by: left)
            vectors[next].iov_len -= left
        }
        return next
    }
}
