extension PartReader {
    /// Reads a layer with everything inside it.
    ///
    /// - Returns: nil for one that is not available, where that is passed over.
    func read(_ layer: Syntax.Layer) throws(TransformationError) -> LayerPart? {
        let place: ParameterDeclaration.Places
        switch layer.kind {
        case .image: place = .imageLayer
        case .text: place = .textLayer
        case .video, .subtitles, .subtitle:
            try refuse("l-" + layer.kind.rawValue)
            return nil
        }
        var draft = LayerDraft()
        var parts = try read(layer.chain, in: place, of: &draft)
        let content: LayerContent
        if place == .textLayer {
            content = .text(try text(draft, &parts))
        } else if let path = try path(draft) {
            guard draft.opacity == nil else { throw .meaningless(parameter: "al", in: "a layer's picture; o fades it") }
            content = .image(LayerInput(.picture, path), page: parts.page)
            if !draft.namesTrim { parts.trimFirst() }
        } else {
            content = .block(try block(draft, &parts))
        }
        return LayerPart(content: content, parts: parts, placement: draft.placement, mode: draft.mode)
    }

    /// The input of a layer that is a plain area (reference §9.6).
    static var canvas: String { "ik_canvas" }

    private func input(_ draft: LayerDraft, of layer: Syntax.Layer.Kind) throws(TransformationError) -> String {
        guard let input = draft.encodedInput ?? draft.plainInput else { throw .missingInput(layer: layer) }
        return input
    }

    /// nil for a plain area.
    private func path(_ draft: LayerDraft) throws(TransformationError) -> ObjectPath? {
        let text = try input(draft, of: .image)
        guard let path = ObjectPath(reference: text) else {
            throw .invalidValue(
                parameter: draft.encodedInput == nil ? "i" : "ie", value: text,
                allowed: "a path with @@ for slashes, without . and .. between them")
        }
        return path.reference == Self.canvas ? nil : path
    }

    /// Takes out of the first part what the area itself is.
    private func block(
        _ draft: LayerDraft, _ parts: inout [Transformation.Part]
    ) throws(TransformationError) -> ColourBlock {
        var block = ColourBlock()
        try parts.changeFirst { (first) throws(TransformationError) in
            if let sizing = first.sizing {
                throw .meaningless(parameter: sizing, in: Self.canvas + "; its size is w and h")
            }
            block.width = first.width
            block.height = first.height
            block.colour = first.background.map { draft.faded($0, isName: first.backgroundIsName) }
            (first.width, first.height, first.background) = (nil, nil, nil)
        }
        return block
    }

    /// Takes out of the first part what the text's box is.
    private func text(
        _ draft: LayerDraft, _ parts: inout [Transformation.Part]
    ) throws(TransformationError) -> TextBlock {
        let input = try input(draft, of: .text)
        guard input.unicodeScalars.count <= rules.limits.textLength else {
            throw .limitExceeded(.textLength, maximum: rules.limits.textLength)
        }
        var text = TextBlock(text: input)
        text.font = draft.font ?? text.font
        text.size = draft.fontSize ?? text.size
        text.colour = draft.faded(draft.textColour ?? text.colour, isName: draft.textColourIsName)
        text.alignment = draft.textAlignment ?? text.alignment
        text.padding = draft.textPadding ?? text.padding
        text.lineHeight = draft.lineHeight
        (text.isBold, text.isItalic, text.isStruckThrough) = (draft.isBold, draft.isItalic, draft.isStruckThrough)
        try parts.changeFirst { (first) throws(TransformationError) in
            if let sizing = first.sizing {
                throw .meaningless(parameter: sizing, in: "a text; lines are wrapped at w in pixels")
            }
            text.width = first.width
            text.background = first.background
            (first.width, first.background) = (nil, nil)
        }
        return text
    }
}

extension [Transformation.Part] {
    /// Changes the parameters of the first part; what begins with an `if` block has none.
    fileprivate mutating func changeFirst<Failure>(_ body: (inout StepDraft) throws(Failure) -> Void) throws(Failure) {
        guard case .step(var draft)? = first else { return }
        try body(&draft)
        self[0] = .step(draft)
    }

    /// The last one that is named. No `if` block can decide it.
    fileprivate var page: Int? {
        reduce(nil) { page, part in
            if case .step(let draft) = part { draft.output.page ?? page } else { page }
        }
    }

    /// Pictures lose their uniform edges unless the URL says something else (reference §9.1).
    fileprivate mutating func trimFirst() {
        if case .condition? = first { insert(.step(StepDraft()), at: 0) }
        changeFirst { $0.trim = Step.standardTrim }
    }
}
