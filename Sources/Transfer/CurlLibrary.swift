import CCurl

#if canImport(Glibc)
    import Glibc
#endif

/// libcurl's process-wide part, and the reading of its results.
enum CurlLibrary {
    /// Starts the library once. A write to a connection that the other side has closed raises SIGPIPE inside the TLS
    /// library, and libcurl leaves signals alone (`CURLOPT_NOSIGNAL`): unless the program handles it, it is ignored.
    static let isStarted: Bool = {
        var action = sigaction()
        if sigaction(SIGPIPE, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil {
            signal(SIGPIPE, SIG_IGN)
        }
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    /// What a result other than `CURLE_OK` means, where nothing of ours has stopped the transfer.
    ///
    /// - Parameter verification: as `TLSFault` has it.
    static func error(for result: CURLcode, systemError: Int32, verification: Int) -> TransferError {
        if let fault = TLSFault(result, verification: verification) { return .tls(fault) }
        return switch result {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .badURL
        case CURLE_COULDNT_RESOLVE_HOST: .nameNotFound
        case CURLE_COULDNT_CONNECT: connectError(systemError)
        case CURLE_OPERATION_TIMEDOUT: .timedOut(.connect)
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2_STREAM: .truncated
        case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING: .protocolError
        default: .curl(code: result.rawValue)
        }
    }

    private static func connectError(_ systemError: Int32) -> TransferError {
        switch systemError {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut(.connect)
        default: .unreachable
        }
    }
}
