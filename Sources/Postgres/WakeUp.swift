internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Ends another thread's `poll` from outside.
///
/// The descriptor closes with the last owner, so whoever may still signal keeps the object.
final class WakeUp: Sendable {
  /// Readable once somebody has signalled.
  let descriptor: Int32

  init() throws(PostgresFault) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard descriptor >= 0 else { throw .outOfDescriptors }
  }

  deinit {
    close(descriptor)
  }

  func signal() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
  }
}
