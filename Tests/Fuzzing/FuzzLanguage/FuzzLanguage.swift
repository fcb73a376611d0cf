import FirstInputs
import Transformation

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked {
        let words = Set(ParameterTable.all.map { $0.name + "-" } + Words.all).sorted()
        let inputs = Set(ParameterExamples.all.flatMap { [$0.transformation, $0.path] } + Words.inputs).sorted()
        return FirstInputs(words: words, inputs: inputs.map { Array($0.utf8) })
    }
    return 0
}

/// Any bytes: as what follows the host in a URL, as a transformation, as a canonical plan.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    LanguageCheck.checkURL(bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    LanguageCheck.checkTransformation(text)
    LanguageCheck.checkCanonical(text)
    return 0
}
