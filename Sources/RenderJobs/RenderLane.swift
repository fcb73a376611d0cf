/// What waits together in front of the render processes: no lane can take all places of another.
package enum RenderLane: String, Sendable, CaseIterable {
    /// A fraction of a second and little memory: thumbnails. There is always a process that works for no other lane.
    case fast
    /// Big originals, costly formats and effects.
    case heavy
    /// All frames of an animation.
    case animated
}
