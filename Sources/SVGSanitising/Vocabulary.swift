/// What a drawing may be made of. All else goes: elements with everything inside them.
enum Vocabulary {
    /// What becomes of an element.
    enum Element {
        /// Elements inside it, and no text.
        case container
        /// Elements and text.
        case text
        /// Text alone, of which nobody makes a picture.
        case description
        case styleSheet
        /// Changes an attribute over time: which one is named in `attributeName`.
        case animation
        /// Refers to a picture.
        case image
    }

    /// SVG 1.1 and 2. `nil` for what is left out, such as `script`, `foreignObject`, `metadata`, fonts and all that
    /// belongs to other namespaces.
    static func element(_ name: String) -> Element? { elements[name] }

    private static let elements: [String: Element] = {
        var elements: [String: Element] = [
            "text": .text, "tspan": .text, "textPath": .text, "a": .text, "title": .description, "desc": .description,
            "style": .styleSheet, "animate": .animation, "animateColor": .animation, "animateTransform": .animation,
            "set": .animation, "image": .image, "feImage": .image,
        ]
        for name in words(
            """
            svg g defs symbol use switch path rect circle ellipse line polyline polygon linearGradient radialGradient stop
            pattern clipPath mask marker filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
            feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
            feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
            feTurbulence animateMotion mpath
            """)
        { elements[name] = .container }
        return elements
    }()

    /// What becomes of an attribute without a namespace.
    enum Attribute {
        /// Written as it is: nothing in it can be a reference.
        case plain
        /// A value of CSS.
        case value
        case declarations
        case link
        /// The name of what an animation changes.
        case animated
        /// What an animation changes it to: one or several values of CSS.
        case animatedValue
        /// A number above which a filter takes for ever.
        case bounded(maximum: Double)
        /// Numbers, of which librsvg dies where there are too many.
        case numbers(maximum: Int)
    }

    static func attribute(_ name: String) -> Attribute? {
        if let special = special[name] { return special }
        if properties.contains(name) { return .value }
        return plain.contains(name) || name.hasPrefix("aria-") ? .plain : nil
    }

    private static let special: [String: Attribute] = [
        "style": .declarations, "href": .link, "attributeName": .animated, "from": .animatedValue,
        "to": .animatedValue, "by": .animatedValue, "values": .animatedValue,
        // A transformation is told in brackets, and is by far the longest of those values; it refers to nothing.
        "transform": .plain,
        "numOctaves": .bounded(maximum: 10), "order": .bounded(maximum: 15), "kernelMatrix": .numbers(maximum: 15 * 15),
        "radius": .bounded(maximum: 500),
        "stdDeviation": .bounded(maximum: 10_000),
    ]

    private static let plain: Set<String> = words(
        """
        id class lang role tabindex
        accumulate additive amplitude attributeType azimuth baseFrequency begin bias calcMode clipPathUnits cx cy d
        diffuseConstant divisor dur dx dy edgeMode elevation end exponent filterUnits fr fx fy gradientTransform
        gradientUnits height in in2 intercept k1 k2 k3 k4 kernelUnitLength keyPoints keySplines keyTimes
        lengthAdjust limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits max media method
        min mode offset operator orient origin path pathLength patternContentUnits patternTransform patternUnits points
        pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r refX refY repeatCount repeatDur
        requiredExtensions requiredFeatures restart result rotate rx ry scale seed side slope spacing specularConstant
        specularExponent spreadMethod startOffset stitchTiles surfaceScale systemLanguage tableValues targetX targetY
        textLength type version viewBox width x x1 x2 xChannelSelector y y1 y2 yChannelSelector z
        """)

    /// What an animation may change: what is drawn, never where something is or what it refers to.
    static func isAnimatable(_ name: String) -> Bool {
        switch attribute(name) {
        case .value, .bounded, .numbers: true
        case .plain: !["id", "class", "lang", "role", "type", "media"].contains(name)
        default: name == "transform"
        }
    }

    // MARK: CSS

    static func isProperty(_ name: String) -> Bool {
        properties.contains(name) || furtherProperties.contains(name) || name.hasPrefix("--")
    }

    /// The largest number in a value, where a larger one breaks what draws it: Pango dies of letters that are too tall.
    static func bound(of property: String) -> Double? { property == "font-size" || property == "font" ? 10_000 : nil }

    /// Those that are attributes as well (SVG 2 §6.6, SVG 1.1's, and those that drawing programs use).
    private static let properties: Set<String> = words(
        """
        alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters
        color-rendering cursor direction display dominant-baseline enable-background fill fill-opacity fill-rule filter
        flood-color flood-opacity font font-family font-feature-settings font-kerning font-size font-size-adjust
        font-stretch font-style font-variant font-variation-settings font-weight glyph-orientation-horizontal
        glyph-orientation-vertical image-rendering isolation kerning letter-spacing lighting-color marker marker-end
        marker-mid marker-start mask mask-type mix-blend-mode opacity overflow paint-order pointer-events
        shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
        stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-decoration-color
        text-decoration-line text-decoration-style text-overflow text-rendering transform-origin unicode-bidi
        vector-effect visibility white-space word-spacing writing-mode
        """)

    private static let furtherProperties: Set<String> = words(
        """
        animation animation-delay animation-direction animation-duration animation-fill-mode animation-iteration-count
        animation-name animation-play-state animation-timing-function background background-color block-size cx cy d
        font-language-override font-optical-sizing font-synthesis font-variant-alternates font-variant-caps
        font-variant-east-asian font-variant-ligatures font-variant-numeric font-variant-position height inline-size
        line-height margin mask-image mask-mode max-height max-width min-height min-width offset-anchor offset-distance
        offset-path offset-rotate r rotate rx ry scale tab-size text-align text-indent text-orientation text-transform
        text-underline-offset text-decoration-thickness transform transform-box transform-style transition
        transition-delay transition-duration transition-property transition-timing-function translate will-change width
        x y
        """)

    /// Functions of CSS that make colours, numbers, shapes and times. `url` is judged by itself.
    static let functions: Set<String> = words(
        """
        rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix device-cmyk icc-color light-dark
        calc min max clamp round mod rem abs sign sin cos tan asin acos atan atan2 pow sqrt hypot log exp var env
        matrix matrix3d translate translatex translatey translatez translate3d rotate rotatex rotatey rotatez rotate3d
        scale scalex scaley scalez scale3d skew skewx skewy perspective
        blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
        circle ellipse inset polygon path rect xywh ray cubic-bezier steps linear
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}
