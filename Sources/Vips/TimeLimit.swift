import CVips
package import Deadlines

/// The moment at which libvips stops working on the images that were loaded with it.
///
/// It is soft: a codec that is in the middle of one call is not stopped by it. Belongs to the rendering thread.
package final class TimeLimit {
    private let nanoseconds: UnsafeMutablePointer<Int64>

    /// Far away at first; it can be set anew for each picture.
    package init() {
        nanoseconds = .allocate(capacity: 1)
        nanoseconds.initialize(to: .max)
    }

    deinit { nanoseconds.deallocate() }

    package var deadline: Deadline {
        get { Deadline(nanoseconds: nanoseconds.pointee) }
        set { nanoseconds.pointee = newValue.nanoseconds }
    }

    package var hasPassed: Bool { deadline.hasPassed }

    /// Stops the work on `image`, and on what is made of it from here on, when the moment comes. Must outlive the image.
    func bind(to image: borrowing Image) {
        image.withPointer {
            apus_vips_limit_time($0, UnsafeMutableRawPointer(nanoseconds).assumingMemoryBound(to: Int64.self))
        }
    }
}
