import Deadlines
import FastCGI
import Glibc
import Testing

/// One request, its answer, and the connection afterwards.
struct AnswerTests {
    @Test(arguments: Network.allCases, [false, true])
    func `A request's parameters come in and its answer goes out`(network: Network, keeping: Bool) throws {
        try Worker.run(over: network, answering: { [UInt8]("\($0["A"] ?? "nil") \($0["B"] ?? "nil")".utf8) }) {
            worker in
            let server = try WebServer(to: worker.listener)
            let answer = try server.ask([("A", "ä"), ("B", "")], keeping: keeping, id: 513)
            #expect(answer.text == String(decoding: Worker.head, as: UTF8.self) + "ä nil")
            #expect(answer.ends == 1)
            #expect(answer.protocolStatus == 0)
            #expect(answer.applicationStatus == 0)
            if !keeping { #expect(server.isClosed()) }
        }
    }

    @Test(arguments: Network.allCases)
    func `A kept connection carries one request after the other`(network: Network) throws {
        try Worker.run(over: network) { worker in
            let server = try WebServer(to: worker.listener)
            for number in 0..<300 {
                let answer = try server.ask([("REQUEST_URI", "/\(number)")], id: UInt16(1 + number % 3))
                #expect(answer.body.elementsEqual("/\(number)".utf8))
            }
            #expect(try server.ask([("REQUEST_URI", "/last")], keeping: false).body.elementsEqual("/last".utf8))
            #expect(server.isClosed())
        }
    }

    @Test(arguments: [0, 1, 65_470, 65_527, 65_528, 65_529, 131_072, 1_048_576, 5_242_880], [false, true])
    func `Bodies of any length arrive byte by byte`(length: Int, keeping: Bool) throws {
        let body = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try Worker.run(answering: { _ in body }) { worker in
            let server = try WebServer(to: worker.listener)
            for _ in 0..<2 {
                let answer = try server.ask([], keeping: true)
                #expect(answer.body.elementsEqual(body))
                #expect(answer.ends == 1)
                // All records but the last are full, and need no padding.
                #expect(answer.recordLengths.dropLast().allSatisfy { $0 == 65_528 })
                #expect(answer.recordLengths.allSatisfy { (1...65_528).contains($0) })
            }
            #expect(try server.ask([], keeping: keeping).protocolStatus == 0)
        }
    }

    @Test(arguments: Network.allCases)
    func `A slow reader gets everything`(network: Network) throws {
        let body = [UInt8](repeating: 7, count: 1_000_000) + [8]
        try Worker.run(over: network, answering: { _ in body }) { worker in
            let server = try WebServer(to: worker.listener, receiveBuffer: 4096)
            try server.send(Records.request([], keeping: true))
            let answer = try server.receive()
            #expect(answer.body.elementsEqual(body))
        }
    }

    @Test func `More clients than slots are all answered`() throws {
        try Worker.run(slots: 3) { worker in
            let wrong = Monitor(0)
            try withThreads(24) { number in
                for turn in 0..<5 {
                    let uri = "/\(number)/\(turn)"
                    let answer = try? WebServer(to: worker.listener).ask([("REQUEST_URI", uri)], keeping: turn % 2 == 0)
                    if answer?.body.elementsEqual(uri.utf8) != true { wrong.withLock { $0 += 1 } }
                }
            }
            #expect(wrong.withLock { $0 } == 0)
        }
    }

    @Test func `A thousand requests leave no descriptor behind`() throws {
        let place = try Place()
        let worker = try Worker(slots: 2, on: place.listener) { _ in [1, 2, 3] }
        for number in 0..<1000 {
            let server = try WebServer(to: place.listener)
            switch number % 4 {
            case 0: try server.send([9, 9, 9, 9, 9, 9, 9, 9])
            case 1: try server.send(Records.begin(keeping: true))
            case 2: #expect(try server.ask([], keeping: false).body.count == 3)
            default: #expect(try server.ask([], keeping: true).body.count == 3)
            }
        }
        worker.stop()
        #expect(descriptorsNamed(as: place.listener.descriptor) == 1)
    }

    /// How many sockets of this process have the same name: the listening one, and what it has accepted.
    private func descriptorsNamed(as listener: Int32) -> Int {
        func name(_ descriptor: Int32) -> String {
            var address = sockaddr_un()
            var length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let code = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            guard code == 0, address.sun_family == AF_UNIX else { return "" }
            return withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let wanted = name(listener)
        return (0..<4096).count { name($0) == wanted }
    }

    @Test func `Descriptors beyond a thousand are as good as others`() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let before = limit
        limit.rlim_cur = min(limit.rlim_max, 4096)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_cur == 4096)
        var taken: [Int32] = []
        defer {
            for descriptor in taken { close(descriptor) }
            var before = before
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
        }
        repeat { taken.append(dup(STDERR_FILENO)) } while taken.last.map { $0 >= 0 && $0 < 1100 } ?? false
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            try #require(server.descriptor > 1024)
            #expect(try server.ask([("REQUEST_URI", "/a")]).body.elementsEqual("/a".utf8))
            #expect(try server.ask([("REQUEST_URI", "/b")], keeping: false).body.elementsEqual("/b".utf8))
            #expect(server.isClosed())
        }
    }
}
