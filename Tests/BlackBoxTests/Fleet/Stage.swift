import Core
import Glibc
import Postgres
import Sandbox
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// A sandbox, and processes of the program that come and go in it.
final class Stage: Sendable {
  /// How a worker is called: it embeds all that waits, and asks no checks.
  static let work = ["run", "checklists/embeddings.yaml", "--ungated", "--until-empty"]
  /// How many items the workers hold, in SQL.
  static let held =
    "(select coalesce(sum(cardinality(keys)), 0) from preflight.batch where state = 1)"
  /// When the last lease ends that is not extended any more, in SQL.
  static let lastLeaseEnd = "(select max(lease_until) from preflight.batch where state = 1)"

  let sandbox: Sandbox
  let connection: Connection
  private let processes = Mutex<[Running]>([])

  private init(_ sandbox: Sandbox, _ connection: Connection) {
    self.sandbox = sandbox
    self.connection = connection
  }

  /// Sets the stage for a test and clears it after it, whatever the test left running.
  static func set(
    _ options: SandboxOptions = SandboxOptions(), for test: (Stage) async throws -> Void
  ) async throws {
    let sandbox = try await Sandbox.start(options)
    let outcome: Result<Void, any Error>
    do {
      let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
      let stage = Stage(sandbox, connection)
      do { outcome = .success(try await test(stage)) } catch { outcome = .failure(error) }
      await stage.clear()
    } catch {
      outcome = .failure(error)
    }
    await sandbox.stop()
    try outcome.get()
  }

  private func clear() async {
    for process in processes.withLock({ $0 }) { await process.giveUp() }
    await connection.close()
  }

  /// Starts the program in the sandbox's environment, with these variables changed; in the network of
  /// another process where one is named.
  func start(
    _ arguments: [String], environment: [String: String] = [:], inNetworkOf other: String? = nil
  ) async throws -> Running {
    let enter = other.map { ["/usr/bin/nsenter", "--net", "--target", $0] } ?? []
    let process = try await Running.start(
      enter + [Program.path] + arguments,
      environment: sandbox.environment.merging(environment) { _, own in own })
    processes.withLock { $0.append(process) }
    return process
  }

  /// Starts the program, and waits for its end.
  func run(_ arguments: [String]) async throws -> Running.End {
    try await start(arguments).end()
  }

  /// Asks again and again until a condition in SQL is true.
  func wait(until condition: String) async throws {
    try await Stage.wait(for: condition) {
      try await self.connection.query("select \(condition) as holds").first?.optionalBool("holds")
        == true
    }
  }

  /// Waits until the endpoint was asked so often.
  func wait(forRequests count: Int) async throws {
    try await Stage.wait(for: "\(count) requests") {
      self.sandbox.endpoint.counts.embeddingsRequests >= count
    }
  }

  /// Looks again and again whether something has come true, for a minute at least.
  static func wait(
    for event: String, _ hasCome: () async throws -> Bool
  ) async throws {
    for _ in 0..<12_000 {
      if try await hasCome() { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw NeverCame(event: event)
  }

  struct NeverCame: Error {
    let event: String
  }

  func text(_ sql: String) async throws -> String? {
    try await connection.query(sql).first?.optionalText(.at(0))
  }

  /// What is stored, what is cached, and what the jobs count.
  func counts() async throws -> String? {
    try await text(
      """
      select concat_ws(' ',
        (select count(*) from issues where embedding is not null),
        (select count(*) from similarity_cache),
        (select count(distinct item_id) from similarity_cache),
        (select sum(items_processed) from embedding_jobs))
      """)
  }
}

/// A process of the program, and what it has said so far.
final class Running: Sendable {
  typealias End = (status: TerminationStatus, output: String)

  let id: ProcessIdentifier
  private let task: Task<TerminationStatus, any Error>
  private let words: Words

  /// The lines of both streams.
  private final class Words: Sendable {
    let output = Mutex("")
    let error = Mutex("")
  }

  private init(
    _ id: ProcessIdentifier, _ task: Task<TerminationStatus, any Error>, _ words: Words
  ) {
    self.id = id
    self.task = task
    self.words = words
  }

  static func start(
    _ command: [String], environment: [String: String]
  ) async throws -> Running {
    var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    for (name, value) in environment {
      variables[try #require(Environment.Key(rawValue: name))] = value
    }
    let (words, given) = (Words(), Environment.custom(variables))
    let (ids, told) = AsyncStream.makeStream(of: ProcessIdentifier.self)
    let task = Task {
      defer { told.finish() }
      return try await Subprocess.run(
        .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
        environment: given,
        workingDirectory: FilePath(Program.root), input: .none, output: .sequence,
        error: .sequence
      ) { execution in
        told.yield(execution.processIdentifier)
        async let error: Void = {
          for try await line in execution.standardError.strings() {
            words.error.withLock { $0 += line + "\n" }
          }
        }()
        for try await line in execution.standardOutput.strings() {
          words.output.withLock { $0 += line + "\n" }
        }
        try await error
      }.terminationStatus
    }
    guard let id = await ids.first(where: { _ in true }) else {
      throw Stage.NeverCame(event: "a process: \(await task.result)")
    }
    return Running(id, task, words)
  }

  func signal(_ signal: Int32) { kill(id.value, signal) }

  /// Sends SIGTERM, and returns when the process has said that it took it in.
  func askToStop() async throws {
    signal(SIGTERM)
    try await wait(untilSaid: "finishing what is under way; a second signal ends it at once")
  }

  /// Waits for a line on standard error.
  func wait(untilSaid line: String) async throws {
    try await Stage.wait(for: line) { words.error.withLock { $0.contains(line + "\n") } }
  }

  /// How it ended, and what it wrote to standard output.
  func end() async throws -> End {
    (try await task.value, words.output.withLock { $0 })
  }

  /// Ends it, if it has not ended.
  func giveUp() async {
    task.cancel()
    _ = await task.result
  }
}
