import Transformation

/// What effects take, in ms per million pixels; measured like `RenderRates`.
enum RenderStepRates {
    static let laying = 45.0
    static let text = 20.0
    /// Of what is trimmed, which is in memory as the step finds it.
    static let trimming = 15.0
}

extension Step {
    /// Of all that the step does beside trimming, scaling and layers.
    var millisecondsPerMegapixel: Double {
        var sum = 0.0
        if resize?.seeksAttention == true { sum += 40 }
        if computedBackground != nil { sum += 60 }
        if replacement != nil { sum += 150 }
        if isGrayscale { sum += 5 }
        if stretchesContrast { sum += 30 }
        if tint != nil { sum += 40 }
        if blur != nil { sum += 105 }
        if sharpening != nil || unsharpMask != nil { sum += 105 }
        if gradient != nil { sum += 45 }
        if distortion != nil { sum += 120 }
        if radius != nil { sum += 50 }
        if border != nil || opacity != nil { sum += 20 }
        if let rotation { sum += rotation.value.truncatingRemainder(dividingBy: 90) == 0 ? 10 : 90 }
        if shadow != nil { sum += 150 }
        return sum
    }

    /// How many copies of the whole picture, as the step leaves it, are in memory beside the one that is encoded.
    var heldCopies: Double {
        var copies = 0.0
        if resize?.seeksAttention == true { copies += 1 }
        if rotation != nil || distortion != nil { copies += 1 }
        if shadow != nil || computedBackground != nil { copies += 2 }
        return copies
    }

    var makesTransparent: Bool {
        radius != nil || opacity != nil || shadow != nil || rotation != nil || distortion != nil || !layers.isEmpty
    }
}
