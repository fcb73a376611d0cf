import CCurl

#if canImport(Glibc)
    import Glibc
#endif

extension Exchange {
    /// Lets libcurl report to this exchange, which it does not own: it must live until `handle` has been removed from
    /// its multi handle.
    func observe(_ handle: UnsafeMutableRawPointer) {
        let this = Unmanaged.passUnretained(self).toOpaque()
        _ = apus_set_socket_callback(handle, openSocket)
        _ = apus_set_pointer(handle, CURLOPT_OPENSOCKETDATA, this)
        _ = apus_set_ready_callback(handle, requestReady)
        _ = apus_set_pointer(handle, CURLOPT_PREREQDATA, this)
        _ = apus_set_data_callback(handle, CURLOPT_HEADERFUNCTION, headerArrived)
        _ = apus_set_pointer(handle, CURLOPT_HEADERDATA, this)
        _ = apus_set_data_callback(handle, CURLOPT_WRITEFUNCTION, bodyArrived)
        _ = apus_set_pointer(handle, CURLOPT_WRITEDATA, this)
        _ = apus_set_data_callback(handle, CURLOPT_READFUNCTION, bodyWanted)
        _ = apus_set_pointer(handle, CURLOPT_READDATA, this)
        _ = apus_set_seek_callback(handle, bodyWantedFrom)
        _ = apus_set_pointer(handle, CURLOPT_SEEKDATA, this)
    }
}

private func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange? {
    context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
}

/// Called with the resolved address, before anything is sent there. No socket: libcurl tries the host's next address.
private let openSocket: curl_opensocket_callback = { context, _, address in
    guard let exchange = exchange(context), let address, exchange.allows(address) else { return CURL_SOCKET_BAD }
    let kind = address.pointee
    return socket(kind.family, kind.socktype | Int32(SOCK_CLOEXEC.rawValue), kind.`protocol`)
}

private let requestReady: curl_prereq_callback = { context, _, _, _, _ in
    exchange(context)?.connected()
    return CURL_PREREQFUNC_OK
}

private let headerArrived: curl_write_callback = { bytes, size, count, context in
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange(context)?.header(line) == true ? line.count : 0
}

private let bodyArrived: curl_write_callback = { bytes, size, count, context in
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    guard !piece.isEmpty, let exchange = exchange(context) else { return 0 }
    return exchange.body(piece) ? piece.count : Int(CURL_WRITEFUNC_PAUSE)
}

private let bodyWanted: curl_read_callback = { buffer, size, count, context in
    guard let exchange = exchange(context) else { return Int(CURL_READFUNC_ABORT) }
    return exchange.send(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

/// libcurl only ever counts from the start.
private let bodyWantedFrom: curl_seek_callback = { context, position, origin in
    guard origin == SEEK_SET, exchange(context)?.resend(from: Int(position)) == true else { return CURL_SEEKFUNC_FAIL }
    return CURL_SEEKFUNC_OK
}
