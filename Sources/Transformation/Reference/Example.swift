/// A transformation of a sample picture, which the reference page shows with what it makes.
package struct Example: Sendable {
    /// The parameter that it is an example of; for the language itself a word for the thing shown.
    package let name: String
    package let transformation: String
    /// The sample picture's name, and what goes behind it.
    package let file: String

    init(_ name: String, _ transformation: String, of file: String = Example.photograph) {
        self.name = name
        self.transformation = transformation
        self.file = file
    }

    static let photograph = "kleiber.jpg"
    static let cutout = "kleiber-cutout.png"
    static let drawing = "swift.svg"
    static let animation = "earth.gif"

    /// What follows the endpoint in a URL.
    package var path: String {
        var text: [UInt8] = []
        for byte in "tr:\(transformation)/\(file)".utf8 {
            if byte == UInt8(ascii: " ") { text.append(contentsOf: "%20".utf8) } else { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The name of the file with its picture.
    package var picture: String { "parameter-\(name).jpg" }
}
