internal import Dispatch

/// A thread's worth of work of its own, so that waiting on a socket blocks no one else.
final class Lane: SerialExecutor {
  // A serial queue without a target draws threads beyond the width of Dispatch's pool, so that many
  // waiting connections do not starve each other.
  private let queue = DispatchQueue(label: "preflight.postgres")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async {
      // The job is run exactly once, here; the queue holds the lane until then.
      unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    // The actor that hands this out owns the lane, and so outlives every use.
    unsafe UnownedSerialExecutor(ordinary: self)
  }
}
