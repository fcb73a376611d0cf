import CCurl
import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

/// A libcurl easy handle in a multi handle of its own, which keeps connection, TLS session and resolved name between
/// transfers. It is driven by hand rather than by `curl_easy_perform`, whose waits of a second would blur every limit.
///
/// `@unchecked Sendable`: `HandlePool` lends a handle to one thread at a time.
final class TransferHandle: @unchecked Sendable {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    /// What libcurl has pointers to.
    private var underWay: (exchange: Exchange, headers: HeaderList)?
    /// Of the connection that is kept after a transfer; `CURL_SOCKET_BAD` if there is none.
    private var keptSocket = CURL_SOCKET_BAD

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
        end()
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
    }

    /// Starts a transfer; it goes on whenever `advance` is called, and until `end` is.
    func begin(
        _ exchange: Exchange, url: TransferURL, headers: [HeaderField], connectLimit: Duration, caFile: String?
    ) throws(TransferError) {
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
        underWay = (exchange, list)
    }

    /// Ends a transfer, also one that has not come to its end: after it no callback is called, no header read.
    func end() {
        guard underWay != nil else { return }
        // Known only as long as the transfer belongs to the multi handle.
        if apus_get_socket(easy, CURLINFO_ACTIVESOCKET, &keptSocket) != CURLE_OK { keptSocket = CURL_SOCKET_BAD }
        curl_multi_remove_handle(multi, easy)
        underWay = nil
    }

    /// Whether something has come on the kept connection that nobody has asked for, be it only its end. It must not be
    /// taken for the answer to the next request, which this libcurl (7.88) would do: it sees whether a connection is
    /// closed, not whether it is clean.
    var isDisturbed: Bool {
        guard keptSocket != CURL_SOCKET_BAD else { return false }
        var descriptor = pollfd(fd: keptSocket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) != 0
    }

    private func setMethod(of exchange: Exchange) -> Bool {
        switch exchange.method {
        case .get: true
        case .head: apus_set_number(easy, CURLOPT_NOBODY, 1) == CURLE_OK
        case .delete, .named(_, nil): apus_set_text(easy, CURLOPT_CUSTOMREQUEST, exchange.method.name) == CURLE_OK
        case .put, .post, .named:
            // POST, too, is an upload under another name: libcurl's own would add a `Content-Type`.
            apus_set_number(easy, CURLOPT_UPLOAD, 1) == CURLE_OK
                && apus_set_text(easy, CURLOPT_CUSTOMREQUEST, exchange.method.name) == CURLE_OK
                && apus_set_number(easy, CURLOPT_INFILESIZE, exchange.requestCount) == CURLE_OK
        }
    }

    enum Progress {
        /// What was waited for is there.
        case reached
        /// The response is complete; the connection can be used again.
        case finished
    }

    /// Waits for the network and lets libcurl work until `isReached`, or the response is complete.
    ///
    /// Throws when a limit has passed or the transfer has failed: then the handle is of no use any more.
    func advance(_ exchange: Exchange, until isReached: () -> Bool) throws(TransferError) -> Progress {
        while true {
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { throw judged(nil, exchange) }
            if running == 0 {
                var remaining: Int32 = 0
                let result = curl_multi_info_read(multi, &remaining)?.pointee.data.result
                guard exchange.failure == nil, result == CURLE_OK, exchange.head != nil else {
                    throw judged(result, exchange)
                }
                return .finished
            }
            if isReached() { return .reached }
            if let limit = exchange.passedLimit { throw limit }
            let wait = exchange.nextLimit.remainingMilliseconds
            guard curl_multi_poll(multi, nil, 0, wait, nil) == CURLM_OK else { throw judged(nil, exchange) }
        }
    }

    /// Lets libcurl hand over the piece that it holds back.
    func goOn() {
        _ = curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// What it means that the transfer has ended like this; `nil`: libcurl itself could not work.
    private func judged(_ result: CURLcode?, _ exchange: Exchange) -> TransferError {
        if let failure = exchange.failure { return failure }
        switch result {
        case nil: return .curl(code: CURLE_FAILED_INIT.rawValue)
        // The connection has ended within the head.
        case CURLE_OK: return .truncated
        // An answer without head (HTTP/0.9).
        case CURLE_UNSUPPORTED_PROTOCOL: return .protocolError
        // A line of the head beyond libcurl's own limit of 100 kB.
        case CURLE_OUT_OF_MEMORY where exchange.isReadingHead: return .headerTooLarge
        case _ where exchange.isForbidden: return .addressForbidden
        case let result?:
            return CurlLibrary.error(
                for: result, systemError: Int32(clamping: number(CURLINFO_OS_ERRNO)),
                verification: number(CURLINFO_SSL_VERIFYRESULT))
        }
    }

    /// What the server has answered with.
    var httpVersion: TransferEvent.HTTPVersion? {
        switch number(CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): .version10
        case Int(CURL_HTTP_VERSION_1_1): .version11
        case Int(CURL_HTTP_VERSION_2_0): .version2
        default: nil
        }
    }

    private func number(_ info: CURLINFO) -> Int {
        var number = 0
        return apus_get_number(easy, info, &number) == CURLE_OK ? number : 0
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
