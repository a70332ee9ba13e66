/// A value for a placeholder `$1`, `$2`, … of a statement, with the type the server is told.
package enum Parameter: Sendable, Equatable {
  case null
  case text(String)
  /// A text whose type the server takes from the place it stands in, as a quoted literal's.
  ///
  /// Serves types that have no case of their own: `uuid`, `timestamptz`, `jsonb`, enums.
  case literal(String)
  case bool(Bool)
  case int2(Int16)
  case int4(Int32)
  case int8(Int64)
  case float8(Double)
  case bytes([UInt8])
  case textArray([String?])
  case int4Array([Int32])
  case int8Array([Int64])
  case float8Array([Double])
  /// One pgvector value; the object identifier of `vector` differs from database to database.
  case vector([Float], typeOID: UInt32)
  /// An array of pgvector values, for `unnest($1::vector[])`.
  case vectors([[Float]], arrayOID: UInt32, elementOID: UInt32)
}
