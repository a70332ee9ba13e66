/// A type by its object identifier; those of built-in types are fixed in `pg_type.dat`.
struct ColumnType: Sendable, Hashable {
  let oid: UInt32

  static let bool = ColumnType(oid: 16)
  static let bytea = ColumnType(oid: 17)
  static let char = ColumnType(oid: 18)
  static let name = ColumnType(oid: 19)
  static let int8 = ColumnType(oid: 20)
  static let int2 = ColumnType(oid: 21)
  static let int4 = ColumnType(oid: 23)
  static let text = ColumnType(oid: 25)
  static let objectID = ColumnType(oid: 26)
  static let json = ColumnType(oid: 114)
  static let xml = ColumnType(oid: 142)
  static let float4 = ColumnType(oid: 700)
  static let float8 = ColumnType(oid: 701)
  static let unknown = ColumnType(oid: 705)
  static let bpchar = ColumnType(oid: 1042)
  static let varchar = ColumnType(oid: 1043)
  static let timestamp = ColumnType(oid: 1114)
  static let timestamptz = ColumnType(oid: 1184)
  static let numeric = ColumnType(oid: 1700)
  static let uuid = ColumnType(oid: 2950)
  static let jsonb = ColumnType(oid: 3802)
  static let int4Array = ColumnType(oid: 1007)
  static let textArray = ColumnType(oid: 1009)
  static let int8Array = ColumnType(oid: 1016)
  static let float8Array = ColumnType(oid: 1022)

  private static let names: [ColumnType: String] = [
    .bool: "boolean", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "bigint",
    .int2: "smallint", .int4: "integer", .text: "text", .objectID: "oid", .json: "json",
    .xml: "xml", .float4: "real", .float8: "double precision", .bpchar: "character",
    .varchar: "character varying", .timestamp: "timestamp", .timestamptz: "timestamptz",
    .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb", .int4Array: "integer[]",
    .textArray: "text[]", .int8Array: "bigint[]", .float8Array: "double precision[]",
  ]

  /// The type's name, or its number where it is not built in.
  var description: String { ColumnType.names[self] ?? "number \(oid)" }

  /// Whether the binary form of a value is its text.
  ///
  /// Types that an extension or a user made (from number 16384 on) count: an enum is sent as its
  /// label. Where such a value is no text, it is no UTF-8 either or holds control characters.
  var isTextual: Bool {
    switch self {
    case .text, .varchar, .bpchar, .name, .char, .unknown, .json, .xml: true
    default: oid >= 16_384
    }
  }
}
