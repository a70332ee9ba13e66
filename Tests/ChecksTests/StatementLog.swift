import Core
import FoundationEssentials
import Postgres
import TestWorld

/// What a server writes down of the statements of one database.
struct StatementLog {
  /// One statement with its values, as the log has them.
  struct Entry: Hashable {
    let sql: String
    /// Such as `$1 = 'issues', $2 = NULL`.
    var values = ""
  }

  private let start: Int

  /// From here on each new connection to the world's database has its statements written down.
  init(of world: TestWorld) async throws {
    try await world.execute(
      """
      do $$ begin
        execute format('alter database %I set log_statement = ''all''', current_database());
      end $$
      """)
    start = try StatementLog.bytes().count
  }

  /// What was carried out since, but for what begins and ends transactions.
  func entries() throws -> [Entry] {
    let text = String(decoding: try StatementLog.bytes().dropFirst(start), as: UTF8.self)
    var entries: [(entry: Entry, process: Substring)] = []
    let line = /(?m)^[-0-9]+ [.:0-9]+ [A-Z]+ \[([0-9]+)\] ([A-Z]+):  (.*(?:\n\t.*)*)/
    for match in text.matches(of: line) {
      let (_, process, level, rest) = match.output
      let words = rest.replacing("\n\t", with: "\n")
      if level == "LOG", let statement = words.firstMatch(of: #/^(?:execute [^:]+|statement): /#) {
        entries.append((Entry(sql: String(words[statement.range.upperBound...])), process))
      } else if level == "DETAIL", let values = words.firstMatch(of: #/^[Pp]arameters: /#),
        let last = entries.indices.last, entries[last].process == process
      {
        entries[last].entry.values = String(words[values.range.upperBound...])
      }
    }
    // What makes a transaction one that cannot write, or one that is taken back; never a commit.
    let frame =
      #/select set_config\('transaction_read_only', 'on', true\), .*|begin.*; select set_config\('statement_timeout', '\d+', true\)|rollback/#
    return entries.map(\.entry).filter { $0.sql.wholeMatch(of: frame) == nil }
  }

  private static func bytes() throws -> Data {
    try Data(contentsOf: URL(filePath: TestWorld.log()))
  }
}
