import Deadlines

/// A response whose head is there and whose body is read piece by piece, at the reader's own pace: what nobody takes
/// stays with the server.
///
/// `@unchecked Sendable`: used by one thread at a time. Letting go of it before its end closes the connection.
package final class TransferStream: @unchecked Sendable {
    package let head: ResponseHead
    /// Where it comes from in the end.
    package let url: TransferURL
    /// The longest body that is handed over, in bytes.
    private let bodyLimit: Int
    private let exchange: Exchange
    /// `nil` once the response is complete, has failed, or is not wanted any more.
    private var handle: TransferHandle?
    private let giveBack: (TransferHandle) -> Void
    private var count = 0

    init(
        head: ResponseHead, url: TransferURL, bodyLimit: Int, exchange: Exchange, handle: TransferHandle,
        giveBack: @escaping (TransferHandle) -> Void
    ) {
        self.head = head
        self.url = url
        self.bodyLimit = bodyLimit
        self.exchange = exchange
        self.handle = handle
        self.giveBack = giveBack
    }

    deinit {
        handle?.end()
    }

    /// The length of the body, where the server says it; 0 where there is none, whatever it says (RFC 9110 §6.4.1).
    package var announcedLength: Int? {
        if exchange.method.isHead || head.isBodyless { return 0 }
        return head.contentLength
    }

    /// Waits for the next piece of the body and lends it for the length of the call; `false`: there is no more.
    ///
    /// Throws `.tooLarge` before or as soon as the body is longer than the request's limit. After an error, or the end,
    /// there is no more.
    package func read(_ use: (RawSpan) -> Void) throws(TransferError) -> Bool {
        guard (announcedLength ?? 0) <= bodyLimit else {
            close()
            throw .tooLarge(limit: bodyLimit)
        }
        guard try fill() else { return false }
        var isWithin = true
        exchange.take { piece in
            count += piece.byteCount
            isWithin = count <= bodyLimit
            if isWithin { use(piece) }
        }
        guard isWithin else {
            close()
            throw .tooLarge(limit: bodyLimit)
        }
        return true
    }

    /// From now on nothing but silence ends the transfer: for a body that is passed on while it comes.
    package func liftDeadline() {
        exchange.deadline = Deadline(nanoseconds: .max)
    }

    /// Reads what is left if that is little, so that the connection can be used again; else closes it.
    package func skip() {
        guard handle != nil else { return }
        let end = Deadline(in: TransferLimits.drainTime)
        exchange.deadline = min(exchange.deadline, end)
        var skipped = 0
        while (announcedLength ?? 0) <= TransferLimits.drainBytes, skipped <= TransferLimits.drainBytes {
            // Of an unwanted body nothing is needed, so nothing that goes wrong with it matters.
            guard (try? fill()) == true else { return close() }
            exchange.take { skipped += $0.byteCount }
        }
        close()
    }

    /// Waits until some of the body is there; `false`: there is no more.
    private func fill() throws(TransferError) -> Bool {
        guard !exchange.hasArrived else { return true }
        guard let handle else { return false }
        let wasPaused = exchange.isPaused
        exchange.wantMore()
        if wasPaused { handle.goOn() }
        do throws(TransferError) {
            if try handle.advance(exchange, until: { exchange.hasArrived }) == .finished { finish() }
        } catch {
            close()
            throw error
        }
        return exchange.hasArrived
    }

    /// All of the response has come: the connection is free for the next.
    func finish() {
        guard let handle else { return }
        handle.end()
        self.handle = nil
        giveBack(handle)
    }

    /// Gives the connection up, and what has come over it.
    package func close() {
        exchange.forget()
        handle?.end()
        handle = nil
    }
}
