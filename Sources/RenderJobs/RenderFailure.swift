/// Why a render process made no variant. Each says something about the original or the plan; a render process that
/// dies or takes too long is a `RenderPoolError`.
package enum RenderFailure: Error, Equatable, Sendable {
    /// No loader knows the bytes: not a picture.
    case notAPicture
    /// A kind of picture that is known and not decoded: "PSD".
    case notAvailable(kind: String)
    /// The file is cut or broken. `log` is for the owner's log alone.
    case damaged(log: String)
    /// The original exceeds a limit: its name ("pixels", "frames") and the highest value that is allowed.
    case sourceLimit(String, maximum: Int)
    /// The variant would exceed a limit.
    case outputLimit(String, maximum: Int)
    /// The plan cannot be carried out on this original; the message names the parameter.
    case transformation(message: String)
    /// The soft time limit has stopped the work.
    case outOfTime
    /// libvips failed where it should not. `log` is for the owner's log alone.
    case internalFailure(log: String)
    /// The same of something that a layer shows, by its name (`RenderJob.Input`). None lies inside another.
    indirect case input(String, RenderFailure)
}

extension RenderFailure {
    func write(to writer: inout MessageWriter) {
        switch self {
        case .notAPicture: writer.write(UInt8(1))
        case .notAvailable(let kind): writer.write(UInt8(2), kind)
        case .damaged(let log): writer.write(UInt8(3), log)
        case .sourceLimit(let name, let maximum): writer.write(UInt8(4), name, maximum)
        case .outputLimit(let name, let maximum): writer.write(UInt8(5), name, maximum)
        case .transformation(let message): writer.write(UInt8(6), message)
        case .outOfTime: writer.write(UInt8(7))
        case .internalFailure(let log): writer.write(UInt8(8), log)
        case .input(let name, let failure):
            writer.write(Self.inputKind, name)
            failure.write(to: &writer)
        }
    }

    private static let inputKind: UInt8 = 9

    init(from reader: inout MessageReader) throws(MalformedMessage) {
        let kind = try reader.read(UInt8.self)
        guard kind == Self.inputKind else {
            try self.init(kind, from: &reader)
            return
        }
        let name = try reader.readText()
        self = .input(name, try RenderFailure(try reader.read(UInt8.self), from: &reader))
    }

    private init(_ kind: UInt8, from reader: inout MessageReader) throws(MalformedMessage) {
        switch kind {
        case 1: self = .notAPicture
        case 2: self = .notAvailable(kind: try reader.readText())
        case 3: self = .damaged(log: try reader.readText())
        case 4: self = .sourceLimit(try reader.readText(), maximum: Int(try reader.read(Int64.self)))
        case 5: self = .outputLimit(try reader.readText(), maximum: Int(try reader.read(Int64.self)))
        case 6: self = .transformation(message: try reader.readText())
        case 7: self = .outOfTime
        case 8: self = .internalFailure(log: try reader.readText())
        default: throw MalformedMessage()
        }
    }
}

extension MessageWriter {
    fileprivate mutating func write(_ kind: UInt8, _ text: String) {
        write(kind)
        write(text)
    }

    fileprivate mutating func write(_ kind: UInt8, _ text: String, _ number: Int) {
        write(kind, text)
        write(Int64(number))
    }
}
