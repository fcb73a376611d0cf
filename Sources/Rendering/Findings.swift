import Transformation
import Vips

/// What was seen in the first frame of an animation, by the number of the step. It holds for the other frames too, so that
/// no window jumps and no colour flickers.
struct Findings {
    /// Windows on what draws the eye.
    var windows: [Int: Rectangle] = [:]
    /// Colours of borders that are padded.
    var borders: [Int: BorderColours] = [:]
    /// What trimming leaves, of all frames together.
    var boxes: [Int: Rectangle] = [:]
    var colours: [Int: Colours] = [:]
    /// The layers of each step, ready to be laid down.
    var layers: [Int: [DrawnLayer]] = [:]

    /// What effects take from the picture as a whole.
    struct Colours {
        /// What `cr` replaces where the URL names no colour.
        var dominant: Pixel?
        /// What `e-contrast` spreads.
        var brightness: ClosedRange<Double>?
    }
}
