/// Why the surroundings of a test could not be set up.
package struct FixtureError: Error, Equatable {
    package let call: String
    package let errno: Int32

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }
}
