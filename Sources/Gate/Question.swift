/// One thing that a check asks somebody, as it goes over the wire.
package struct Question: Sendable, Equatable {
  /// A header of a request.
  package struct Header: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How it is asked.
  package enum Wire: Sendable, Equatable {
    /// One statement in a transaction of its own that cannot write; the parameters in SQL.
    case read(sql: String, parameters: [String])
    /// Statements, in their order, in one transaction that is rolled back whatever comes of it.
    case rolledBack([String])
    /// A request; in a header a secret stands as its variable, such as `${OPENAI_API_KEY}`.
    case http(method: String, url: String, headers: [Header], body: String?)
    /// Something of this machine that is looked at: a variable, files, a program that is started.
    case here(String)
  }

  package let wire: Wire
  /// The service that is asked, by its name; nil for what is looked at here.
  package let service: String?
  /// When it is asked, where it is not asked each time, such as "where there is no such function".
  package let condition: String?

  package init(_ wire: Wire, of service: String? = nil, condition: String? = nil) {
    self.wire = wire
    self.service = service
    self.condition = condition
  }
}
