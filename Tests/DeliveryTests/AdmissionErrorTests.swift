import Delivery
import RenderJobs
import Testing

/// What a client is told that was not let in to the render processes.
struct AdmissionErrorTests {
    @Test(arguments: RenderLane.allCases, RenderRefusal.Reason.allCases)
    func `Who is refused hears when to come again`(_ lane: RenderLane, _ reason: RenderRefusal.Reason) {
        let error = DeliveryError(.refused(RenderRefusal(lane: lane, reason: reason, retryAfter: 6.2)))
        #expect(error.status == 503)
        #expect(error.code == "EAGAIN")
        #expect(error.retryAfter == 7)
        #expect(error.keeping == .never)
        #expect(!error.blamesOriginal)
    }

    @Test(arguments: [
        (RenderRefusal.Reason.full, "Too many requests are waiting already."),
        (.late, "The render processes are busy for longer than this request may wait."),
        (.memory, "Other pictures that are being made leave too little memory for this one."),
    ])
    func `Who is refused hears why`(_ reason: RenderRefusal.Reason, _ message: String) {
        let error = DeliveryError(.refused(RenderRefusal(lane: .fast, reason: reason, retryAfter: 1)))
        #expect(error.message == message)
        #expect(error.isOfRegion)
    }

    @Test func `What needs too much memory names the limit`() {
        let error = DeliveryError(.tooLarge(maximum: 300_000_000))
        #expect(error.status == 400)
        #expect(error.code == "ELIMIT")
        #expect(error.message == "The picture would take more memory than workers.memory grants one.")
        #expect(error.keeping == .errorAge)
    }

    @Test func `What is drawn in too much memory is refused for good`() {
        let error = DeliveryError(.outgrown(maximum: 216_999_999))
        #expect(error.status == 400)
        #expect(error.code == "ELIMIT")
        #expect(error.message == "The picture takes more than 216 MB of memory.")
        #expect(error.keeping == .errorAge)
        #expect(!error.blamesOriginal)
    }
}
