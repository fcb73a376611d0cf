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
        } else if try input(of: draft, place) == Self.canvas {
            content = .block(block(draft, &parts))
        } else {
            content = .image(try picture(draft))
            if !draft.namesTrim { parts.trimFirst() }
        }
        return LayerPart(content: content, parts: parts, placement: draft.placement, mode: draft.mode)
    }

    /// The input of a layer that is a plain area (reference §9.6).
    static var canvas: String { "ik_canvas" }

    private func input(
        of draft: LayerDraft, _ place: ParameterDeclaration.Places
    ) throws(TransformationError) -> String {
        guard let input = draft.encodedInput ?? draft.plainInput else {
            throw .missingInput(layer: place == .textLayer ? .text : .image)
        }
        return input
    }

    private func picture(_ draft: LayerDraft) throws(TransformationError) -> LayerInput {
        let text = try input(of: draft, .imageLayer)
        guard let path = ObjectPath(reference: text) else {
            throw .invalidValue(
                parameter: draft.encodedInput == nil ? "i" : "ie", value: text,
                allowed: "a path with @@ for slashes, without . and .. between them")
        }
        return LayerInput(.picture, path)
    }

    /// Takes out of the first part what the area itself is.
    private func block(_ draft: LayerDraft, _ parts: inout [Transformation.Part]) -> ColourBlock {
        var block = ColourBlock()
        parts.changeFirst { first in
            block.width = first.width
            block.height = first.height
            block.colour = draft.faded(first.background, isName: draft.backgroundIsName)
            (first.width, first.height, first.background) = (nil, nil, nil)
        }
        return block
    }

    /// Takes out of the first part what the text's box is.
    private func text(
        _ draft: LayerDraft, _ parts: inout [Transformation.Part]
    ) throws(TransformationError) -> TextBlock {
        let input = try input(of: draft, .textLayer)
        let longest = draft.encodedInput == nil ? TextBlock.longestPlainText : TextBlock.longestEncodedText
        var text = TextBlock(text: String(String.UnicodeScalarView(input.unicodeScalars.prefix(longest))))
        text.font = draft.font ?? text.font
        text.size = draft.fontSize ?? text.size
        text.colour = draft.faded(draft.textColour, isName: draft.textColourIsName) ?? text.colour
        text.alignment = draft.textAlignment ?? text.alignment
        text.padding = draft.textPadding ?? text.padding
        text.lineHeight = draft.lineHeight
        (text.isBold, text.isItalic, text.isStruckThrough) = (draft.isBold, draft.isItalic, draft.isStruckThrough)
        parts.changeFirst { first in
            text.width = first.width
            text.background = first.background
            (first.width, first.background) = (nil, nil)
        }
        return text
    }
}

extension [Transformation.Part] {
    /// Changes the parameters of the first part; what begins with an `if` block has none.
    fileprivate mutating func changeFirst(_ body: (inout StepDraft) -> Void) {
        guard case .step(var draft)? = first else { return }
        body(&draft)
        self[0] = .step(draft)
    }

    /// Pictures lose their uniform edges unless the URL says something else (reference §9.1).
    fileprivate mutating func trimFirst() {
        if case .condition? = first { insert(.step(StepDraft()), at: 0) }
        changeFirst { $0.trim = Step.standardTrim }
    }
}
