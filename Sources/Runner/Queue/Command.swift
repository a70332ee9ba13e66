internal import Postgres

/// A statement with the values of its parameters.
struct Command: Sendable {
  let sql: String
  let parameters: [Parameter]
}
