/// What refers to what inside a drawing, and how many elements are drawn when every reference is followed: a few of them,
/// each used ten times by the next, are more than anybody can draw.
struct ReferenceGraph {
    private struct Element {
        /// Of the element that follows all that lies inside this one.
        var end = 0
        /// Where its references begin.
        let firstReference: Int
        /// Elements drawn for it, if that is known already.
        var cost = 0
        var state = State.unseen
    }

    private enum State { case unseen, entered, known }

    private struct Reference {
        let target: String
        /// How often it is followed for one drawing of its element.
        let times: Int
        /// Where the attribute is written.
        let place: Range<Int>
    }

    private var elements: [Element] = []
    private var references: [Reference] = []
    private var ids: [String: Int] = [:]

    var count: Int { elements.count }

    /// Begins an element; references that are added next are its own.
    mutating func open(id: String?) -> Int {
        elements.append(Element(firstReference: references.count))
        // The first of a name counts.
        if let id, ids[id] == nil { ids[id] = elements.count - 1 }
        return elements.count - 1
    }

    mutating func addReference(to target: String, times: Int = 1, at place: Range<Int>) {
        references.append(Reference(target: target, times: times, place: place))
    }

    mutating func close(_ element: Int) { elements[element].end = elements.count }

    /// Follows every reference once.
    ///
    /// - Returns: the places of attributes that lead back to what they are a part of, in order: to be left out.
    mutating func loops(maximum: Int) throws(SVGError) -> [Range<Int>] {
        var loops: [Range<Int>] = []
        // What is being drawn, from the outside in: an element, and its next child and reference.
        var path = elements.isEmpty ? [] : [enter(0)]
        while var step = path.popLast() {
            let element = elements[step.element]
            if step.child < element.end {
                let child = step.child
                // It is counted when the walk comes back to it; `end` is larger than its own number.
                if elements[child].state == .known {
                    step.child = elements[child].end
                    step.cost = sum(step.cost, elements[child].cost, 1, maximum)
                    path.append(step)
                } else {
                    path.append(step)
                    path.append(enter(child))
                }
            } else if step.reference < endOfReferences(of: step.element) {
                let reference = references[step.reference]
                guard let target = target(of: reference), elements[target].state != .known else {
                    if let target = target(of: reference) {
                        step.cost = sum(step.cost, elements[target].cost, reference.times, maximum)
                    }
                    step.reference += 1
                    path.append(step)
                    continue
                }
                if elements[target].state == .entered {
                    loops.append(reference.place)
                    step.reference += 1
                    path.append(step)
                } else {
                    path.append(step)
                    path.append(enter(target))
                }
            } else {
                elements[step.element].state = .known
                elements[step.element].cost = step.cost
            }
        }
        guard elements.first?.cost ?? 0 <= maximum else { throw .limit(.drawnElements, maximum: maximum) }
        return loops.sorted { $0.lowerBound < $1.lowerBound }
    }

    private struct Step {
        let element: Int
        var child: Int
        var reference: Int
        var cost = 1
    }

    private mutating func enter(_ element: Int) -> Step {
        elements[element].state = .entered
        return Step(element: element, child: element + 1, reference: elements[element].firstReference)
    }

    private func endOfReferences(of element: Int) -> Int {
        element + 1 < elements.count ? elements[element + 1].firstReference : references.count
    }

    private func target(of reference: Reference) -> Int? {
        if let known = ids[reference.target] { return known }
        guard reference.target.utf8.contains(UInt8(ascii: "%")) else { return nil }
        return ids[reference.target.withoutPercents]
    }

    /// No more than one above the maximum.
    private func sum(_ cost: Int, _ other: Int, _ times: Int, _ maximum: Int) -> Int {
        let (product, overflow) = other.multipliedReportingOverflow(by: times)
        return overflow ? maximum + 1 : min(maximum + 1, cost + min(product, maximum + 1))
    }
}

extension String {
    /// Percent-decoded, as browsers look for a fragment.
    fileprivate var withoutPercents: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let high = digits.first?.digit(16),
                let low = digits.last?.digit(16)
            {
                bytes.append(UInt8(high << 4 | low))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
