internal import Postgres

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Tells this process's part in a run from every other.
struct WorkerIdentity: Sendable {
  /// A random UUID, version 4 (RFC 9562).
  let id: String
  let host: String
  let process: Int32

  init() {
    let digits = [UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)].map {
      String(repeating: "0", count: $0.leadingZeroBitCount / 4)
        + ($0 == 0 ? "" : String($0, radix: 16))
    }.joined()
    var uuid = Array(digits)
    uuid[12] = "4"
    uuid[16] = "8"
    for place in [20, 16, 12, 8] { uuid.insert("-", at: place) }
    id = String(uuid)
    process = getpid()
    var name = [CChar](repeating: 0, count: 256)
    // A name that does not fit stays without its final NUL, hence one byte less than there are.
    unsafe gethostname(&name, name.count - 1)
    host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension RunQueue {
  /// Shows the others that this worker is alive.
  func beat(_ worker: WorkerIdentity, inFlight: Int) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.beat,
      [
        .text(worker.id), .text(runID), .text(worker.host), .int4(worker.process),
        .int4(Int32(inFlight)),
      ])
  }

  /// Takes this worker off the run, and answers how many others are alive.
  func leave(_ worker: WorkerIdentity) async throws(PostgresFault) -> Int {
    try await database.query(QueueSQL.leave, [.text(worker.id), .text(runID)])
      .first?.int("others") ?? 0
  }
}
