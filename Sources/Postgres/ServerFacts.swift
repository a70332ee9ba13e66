/// What a server told about itself when the connection was made.
package struct ServerFacts: Sendable, Equatable {
  /// As the server writes it, such as `18.4`.
  package let version: String
  /// Ten thousand times the major version plus the minor, such as 180004.
  package let versionNumber: Int
  package let host: String
  package let port: Int
  package let database: String
  package let user: String
  /// Whether TLS protects the connection.
  package let isEncrypted: Bool
  /// Whether the server is a standby, which refuses writes; false before Postgres 14, which does not say.
  package let isStandby: Bool
  /// Whether transactions are read-only unless they ask; false before Postgres 14, which does not say.
  package let isReadOnlyByDefault: Bool
  /// The server process that serves this connection; a pooler's own number where there is one.
  package let processID: Int
}
