import Deadlines
import Management
import Purging
import Testing

/// A log that cannot be written.
struct FailureTests {
    @Test func `A purge that is not recorded is 503 and may be tried again`() throws {
        let api = try API()
        api.purges.failure.withLock { $0 = .notReady }
        let response = api.purge(#"{"url":"http://x/demo/a"}"#)
        #expect(response.status == 503)
        #expect(response.header("Retry-After") == "1")
        #expect(response.field("message") == "The purge cannot be recorded now.")
        #expect(response.field("requestId") == nil)
        api.purges.failure.withLock { $0 = nil }
        #expect(api.purge(#"{"url":"http://x/demo/a"}"#).status == 201)
    }
}
