import CCurl
import Deadlines

/// A libcurl easy handle in a multi handle of its own, which keeps connection, TLS session and resolved name between
/// transfers. It is driven by hand rather than by `curl_easy_perform`, whose waits of a second would blur every limit.
///
/// `@unchecked Sendable`: `HandlePool` lends a handle to one thread at a time.
final class TransferHandle: @unchecked Sendable {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer

    /// How long a resolved name, and an idle connection, may be used again; in seconds.
    private static let nameLifetime = 30
    private static let connectionLifetime = 30
    private static let receiveBuffer = 65_536

    /// `nil`: out of memory or descriptors.
    init?() {
        guard CurlLibrary.isStarted, let easy = curl_easy_init() else { return nil }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(easy)
            return nil
        }
        self.easy = easy
        self.multi = multi
        _ = apus_set_multi_number(multi, CURLMOPT_MAXCONNECTS, 1)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
    }

    /// Carries out one transfer. When it returns, `exchange` has its head, and the handle can be used again if the
    /// result is `true`; when it throws, it cannot.
    func run(
        _ exchange: Exchange, url: TransferURL, headers: [HeaderField], connectLimit: Duration, caFile: String?
    ) throws(TransferError) -> Bool {
        let list = try HeaderList(headers, isWithBody: exchange.method.body != nil)
        curl_easy_reset(easy)
        setFixedOptions(caFile: caFile)
        let milliseconds = Int(clamping: max(1, connectLimit.wholeNanoseconds / 1_000_000))
        guard apus_set_text(easy, CURLOPT_URL, url.text) == CURLE_OK,
            apus_set_list(easy, CURLOPT_HTTPHEADER, list.first) == CURLE_OK,
            apus_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds) == CURLE_OK, setMethod(of: exchange)
        else { throw .curl(code: CURLE_OUT_OF_MEMORY.rawValue) }
        exchange.observe(easy)
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            throw .curl(code: CURLE_FAILED_INIT.rawValue)
        }
        // Ends a transfer that is still under way, too: no callback is called after it, no header read.
        defer {
            curl_multi_remove_handle(multi, easy)
            withExtendedLifetime((exchange, list)) {}
        }
        return try judge(drive(exchange), of: exchange)
    }

    private func setMethod(of exchange: Exchange) -> Bool {
        switch exchange.method {
        case .get: true
        case .head: apus_set_number(easy, CURLOPT_NOBODY, 1) == CURLE_OK
        case .delete: apus_set_text(easy, CURLOPT_CUSTOMREQUEST, exchange.method.name) == CURLE_OK
        case .put, .post:
            // POST, too, is an upload under another name: libcurl's own would add a `Content-Type`.
            apus_set_number(easy, CURLOPT_UPLOAD, 1) == CURLE_OK
                && apus_set_text(easy, CURLOPT_CUSTOMREQUEST, exchange.method.name) == CURLE_OK
                && apus_set_number(easy, CURLOPT_INFILESIZE, exchange.requestCount) == CURLE_OK
        }
    }

    private enum Ending {
        case finished(CURLcode)
        case outOfTime(TransferError)
        case broken
    }

    /// Waits for the network and lets libcurl work until the transfer has ended or one of our limits has passed.
    private func drive(_ exchange: Exchange) -> Ending {
        while true {
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return .broken }
            if running == 0 {
                var remaining: Int32 = 0
                guard let message = curl_multi_info_read(multi, &remaining) else { return .broken }
                return .finished(message.pointee.data.result)
            }
            if let limit = exchange.passedLimit { return .outOfTime(limit) }
            let wait = exchange.nextLimit.remainingMilliseconds
            guard curl_multi_poll(multi, nil, 0, wait, nil) == CURLM_OK else { return .broken }
        }
    }

    private func judge(_ ending: Ending, of exchange: Exchange) throws(TransferError) -> Bool {
        if let failure = exchange.failure { throw failure }
        if case .finished(CURLE_OK) = ending, exchange.head != nil { return true }
        // Of an unwanted body nothing is needed, so nothing that went wrong with it matters.
        if exchange.isAnswered { return false }
        switch ending {
        case .outOfTime(let limit): throw limit
        case .broken: throw .curl(code: CURLE_FAILED_INIT.rawValue)
        // The connection has ended within the head.
        case .finished(CURLE_OK): throw .truncated
        // An answer without head (HTTP/0.9).
        case .finished(CURLE_UNSUPPORTED_PROTOCOL): throw .protocolError
        // A line of the head beyond libcurl's own limit of 100 kB.
        case .finished(CURLE_OUT_OF_MEMORY) where exchange.isReadingHead: throw .headerTooLarge
        case .finished where exchange.isForbidden: throw .addressForbidden
        case .finished(let result): throw CurlLibrary.error(for: result, systemError: systemError)
        }
    }

    private var systemError: Int32 {
        var number = 0
        return apus_get_number(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK ? Int32(clamping: number) : 0
    }

    /// What never differs between transfers. libcurl's defaults, not repeated here: no cookies, no netrc, no redirects,
    /// no HTTP/0.9, no content decoding, certificates and host names verified.
    private func setFixedOptions(caFile: String?) {
        _ = apus_set_number(easy, CURLOPT_NOSIGNAL, 1)
        // A name server that is silent must not hold the thread when the transfer has been given up.
        _ = apus_set_number(easy, CURLOPT_QUICK_EXIT, 1)
        _ = apus_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = apus_set_number(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        _ = apus_set_number(easy, CURLOPT_PATH_AS_IS, 1)
        // An empty name also keeps libcurl from looking into the environment.
        _ = apus_set_text(easy, CURLOPT_PROXY, "")
        _ = apus_set_number(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        _ = apus_set_number(easy, CURLOPT_DNS_CACHE_TIMEOUT, Self.nameLifetime)
        _ = apus_set_number(easy, CURLOPT_MAXAGE_CONN, Self.connectionLifetime)
        _ = apus_set_number(easy, CURLOPT_BUFFERSIZE, Self.receiveBuffer)
        // Debian's libcurl knows the system's certificates twice, as a bundle and as a folder by hash. The folder alone
        // suffices, spares each connection the parsing of the bundle, and leaves the bundle's place to `caFile`.
        _ = apus_set_text(easy, CURLOPT_CAINFO, caFile)
    }
}

/// Header lines as libcurl wants them; it does not copy the list, so the list outlives the transfer.
private final class HeaderList {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    init(_ headers: [HeaderField], isWithBody: Bool) throws(TransferError) {
        // Before a body libcurl asks whether it is wanted, and waits a second for the answer. A name alone says: not sent.
        if isWithBody { try append("Expect:") }
        for header in headers {
            guard header.isSendable else { throw .badHeader(name: header.name) }
            // libcurl sends a header without value only when it is written with a semicolon.
            let line = header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            try append(line)
        }
    }

    private func append(_ line: String) throws(TransferError) {
        guard let longer = curl_slist_append(first, line) else { throw .curl(code: CURLE_OUT_OF_MEMORY.rawValue) }
        first = longer
    }

    deinit {
        curl_slist_free_all(first)
    }
}
