/// What a drawing may be, at most; each in whole numbers from 0.
///
/// Every loop of the sanitiser is bounded by one of them: its work grows with the length of what it reads and of what it
/// writes, and with nothing else.
package struct SVGLimits: Sendable, Equatable {
    /// Length of the file.
    package var bytes = 20_000_000
    /// Length of what is written.
    package var outputBytes = 40_000_000
    /// Elements inside one another: libxml2's own limit is 256.
    package var depth = 200
    package var elements = 500_000
    /// Of one element, those that declare namespaces among them.
    package var attributes = 500
    /// Namespaces declared at one time.
    package var namespaces = 100
    /// Entities that the document declares.
    package var entities = 1_000
    /// Length of all that entities are replaced by.
    package var entityBytes = 1_000_000
    /// Elements, with those that `use` and its like draw once more each time: librsvg stops after as many references.
    package var drawnElements = 500_000
    /// Of the whole drawing, in pixels of CSS: libvips takes 10 million after it has been enlarged, and says nothing of more.
    package var side = 300_000
    /// Pixels of all pictures inside the drawing.
    package var embeddedPixels = 50_000_000
    /// Rules and brackets of a style sheet inside one another.
    package var styleDepth = 16

    package init() {}
}

/// The limits by name, as messages have them.
package enum SVGLimit: String, Sendable {
    case bytes
    case outputBytes = "bytes when written anew"
    case depth = "levels of elements"
    case elements
    case attributes = "attributes of an element"
    case namespaces
    case entities
    case entityBytes = "bytes of entities"
    case drawnElements = "elements drawn by reference"
    case side = "pixels on a side"
    case embeddedPixels = "pixels of pictures inside the drawing"
}
