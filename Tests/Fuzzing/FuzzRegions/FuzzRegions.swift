import Deadlines
import FirstInputs
import HTTPRules
import Purging
import Regions

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked { FirstInputs(words: Examples.words, inputs: Examples.texts.map(\.text)) }
    return 0
}

/// What regions tell each other, once the signature was right: any bytes are a message or none, and there is one text for
/// each message.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let fields = RegionFields(bytes) else { return 0 }
    expect(fields.text == bytes, "fields are written otherwise")
    expect(fields.isSendable, "what was read cannot be sent")
    checkEnvelope(fields)
    checkExchange(fields)
    checkQuestion(fields)
    checkAnswer(fields)
    return 0
}

private func checkEnvelope(_ fields: RegionFields) {
    var rest = fields
    guard let envelope = RegionEnvelope(opening: &rest) else { return }
    var whole = envelope.fields
    whole.add(contentsOf: rest)
    expect(whole.text == fields.text, "an envelope is written otherwise")
    expect(envelope.sentAt >= 0 && envelope.nonce.utf8.count == 32, "an envelope of another form")
    checkQuestion(rest)
    checkExchange(rest)
}

private func checkExchange(_ fields: RegionFields) {
    guard let message = ExchangeMessage(fields) else { return }
    let written = message.fields
    guard let again = ExchangeMessage(written) else { violated("what was written cannot be read") }
    expect(again.fields.text == written.text, "a message is read back as another one")
    expect(again.known == message.known && again.offers == message.offers, "a message is read back as another one")
    for sighting in message.sightings {
        for age in [sighting.aliveAge, sighting.confirmedAge].compactMap({ $0 }) {
            expect(age >= .zero && age <= .seconds(366 * 86_400), "an age that nothing has: \(age)")
        }
    }
    for offer in message.offers {
        expect(
            offer.after <= offer.upTo && offer.upTo <= PurgeRule.highestNumber, "an offer that ends before it begins")
    }
    var numbers = message.known
    numbers.raise(to: message.known)
    expect(numbers == message.known && numbers.covers(message.known), "a vector that does not cover itself")
}

private func checkQuestion(_ fields: RegionFields) {
    guard let question = try? RegionQuestion(fields) else { return }
    guard let again = try? RegionQuestion(question.fields) else { violated("what was written cannot be read") }
    expect(again == question, "a question is read back as another one")
    expect(question.deadline >= .zero && question.deadline <= .seconds(86_400), "a deadline beyond a day")
    expect(question.client.path.hasPrefix("/"), "a path that begins otherwise")
    expect((question.client.range?.utf8.count ?? 0) <= 1000, "a header that is too long")
    expect(question.key(nonce: "a") == again.key(nonce: "a"), "two keys for one question")
    expect(question.key(nonce: "a") != again.key(nonce: "b"), "one key for two questions")
}

private func checkAnswer(_ fields: RegionFields) {
    guard let head = RegionAnswerHead(fields) else { return }
    guard let again = RegionAnswerHead(head.fields) else { violated("what was written cannot be read") }
    expect(again == head, "an answer is read back as another one")
    expect((head.kind == .error) == (head.fault != nil), "an error without a fault, or a fault without an error")
    expect((head.kind == .error) == (head.entry == nil), "an error with an entry, or nothing at all")
    expect((head.entry?.count ?? 0) >= 0 && (head.streamedBytes ?? 0) >= 0, "less than nothing")
    if let part = head.part, let length = head.fileLength { expect(part.last < length, "a part beyond the file") }
    if let fault = head.fault { expect((400...599).contains(fault.status), "a fault of \(fault.status)") }
}
