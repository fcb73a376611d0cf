/// How much of the URL language one request may use.
package struct TransformationLimits: Hashable, Sendable {
    /// Steps of one chain, and of the whole transformation once named ones are expanded.
    package var steps = 10
    /// Steps of the whole transformation with all branches of `if` blocks counted; where fewer than `steps`, that.
    package var branchedSteps = 100
    /// Layers of one transformation, nested ones counted.
    package var layers = 20
    /// Levels of layers within layers, and of `if` blocks within `if` blocks.
    package var nesting = 3
    /// Characters (Unicode scalars) of the text of one layer.
    package var textLength = 2_000
    /// Bytes of a transformation's text after percent-decoding.
    package var textBytes = 16_384
    /// Bytes of the path, and of the query, as received.
    package var urlBytes = 32_768
    /// Segments of the path.
    package var pathSegments = 128
    /// Items of the query.
    package var queryItems = 256

    package init() {}
}
