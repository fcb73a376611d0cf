/// How the kernel's scheduler treats a render process.
package enum RenderPriority: String, Sendable {
    /// It runs when nobody else wants the processor (design §5).
    case idle
    /// As little as an ordinary process can have, which is five times what those of the idle class get beside it: small
    /// pictures do not wait for big ones.
    case favoured
}
