internal import Core
internal import Gate
internal import Postgres

/// A pooler between us and a server, as far as it can be told without doubt.
enum Pooler: String, Sendable {
  /// Each transaction may be given another session of the server's.
  case transaction
  case modeUnknown = "mode unknown"

  /// What stands between, or nil where nothing does, or no answer comes.
  ///
  /// A server tells each client its own process' number at the beginning ("BackendKeyData" in the
  /// Postgres protocol's manual). Where a statement is carried out by another process, a pooler made
  /// that number up. Two connections at a time that one process serves are no sessions of their own:
  /// the pooler shares it between transactions. On a busy pooler they may fall to different processes,
  /// so that the mode stays unknown.
  static func between(
    _ connection: Connection, _ url: Secret, timeout: Duration
  ) async -> Pooler? {
    do throws(PostgresFault) {
      let process = try await connection.process(timeout: timeout)
      guard process != connection.server.processID else { return nil }
      if isDocumented(connection.server) { return .transaction }
      let second = try await Connection.open(url, timeout: timeout)
      let other: Int?
      do throws(PostgresFault) { other = try await second.process(timeout: timeout) } catch {
        other = nil
      }
      await second.close()
      return other == process ? .transaction : .modeUnknown
    } catch {
      return nil
    }
  }

  /// Port 6543 of Supabase's poolers is in transaction mode, 5432 in session mode
  /// (https://supabase.com/docs/guides/database/connecting-to-postgres).
  private static func isDocumented(_ server: ServerFacts) -> Bool {
    server.port == 6543
      && [".pooler.supabase.com", ".supabase.co"].contains { server.host.hasSuffix($0) }
  }
}
