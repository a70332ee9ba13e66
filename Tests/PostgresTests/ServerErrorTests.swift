import Postgres
import Testing

@Suite("Errors of the server")
struct ServerErrorTests {
  private static let schema = """
    create table parent (id int primary key);
    create table child (id int primary key, parent int references parent, name text not null);
    insert into parent values (1);
    """

  @Test("a violated constraint comes with all that the server knows", arguments: [16, 18])
  func constraint(version: Int) async throws {
    try await TestDatabase.run(on: version) { _, connection in
      try await connection.script(Self.schema, timeout: .seconds(5))
      let fault = await fault { () throws(PostgresFault) in
        try await connection.query("insert into child values (1, 7, 'x')")
      }
      #expect(
        fault
          == .server(
            ServerError(
              sqlState: "23503",
              message:
                "insert or update on table \"child\" violates foreign key constraint "
                + "\"child_parent_fkey\"",
              detail: "Key (parent)=(7) is not present in table \"parent\".",
              schema: "public", table: "child", constraint: "child_parent_fkey")))
      #expect(
        fault?.message
          == """
          insert or update on table "child" violates foreign key constraint "child_parent_fkey" \
          (Key (parent)=(7) is not present in table "parent".) [23503]
          """)
      #expect(fault?.disposition == .reject)
      #expect(await connection.answers())
    }
  }

  @Test("a hint and a place in the statement are kept")
  func hint() async throws {
    try await TestDatabase.run { _, connection in
      try await connection.script(Self.schema, timeout: .seconds(5))
      let fault = await fault { () throws(PostgresFault) in
        try await connection.query("select parents from child")
      }
      #expect(
        fault
          == .server(
            ServerError(
              sqlState: "42703", message: "column \"parents\" does not exist",
              hint: "Perhaps you meant to reference the column \"child.parent\".", position: 8)))
      #expect(
        fault?.message
          == """
          column "parents" does not exist [42703]; the server's hint: \
          Perhaps you meant to reference the column "child.parent".
          """)
      #expect(fault?.disposition == .abort)
    }
  }

  @Test("an error raised in a function keeps its own code, detail, hint and context")
  func raised() async throws {
    try await TestDatabase.run { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.script(
          """
          do $$ begin
            raise exception 'not today' using errcode = 'PF001', detail = 'a detail', hint = 'a hint';
          end $$
          """, timeout: .seconds(5))
      }
      #expect(
        fault
          == .server(
            ServerError(
              sqlState: "PF001", message: "not today", detail: "a detail", hint: "a hint",
              context: "PL/pgSQL function inline_code_block line 2 at RAISE")))
    }
  }

  @Test("a long message is cut and stands on one line")
  func longMessage() async throws {
    try await TestDatabase.run { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.script(
          "do $$ begin raise exception e'%\\n%', repeat('x', 390), repeat('y', 90); end $$",
          timeout: .seconds(5))
      }
      let expected =
        String(repeating: "x", count: 390) + " " + String(repeating: "y", count: 9)
        + "… [P0001]"
      #expect(fault?.message == expected)
    }
  }

  @Test("a script stops at its first error, which undoes all of it")
  func script() async throws {
    try await TestDatabase.run { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.script(
          "create table kept (n int); select 1/0; create table never (n int)",
          timeout: .seconds(5))
      }
      #expect(fault?.sqlState == "22012")
      let rows = try await connection.query("select to_regclass('kept') is null as gone")
      #expect(try rows.first?.bool("gone") == true)
    }
  }

  @Test("copying to the client is refused, and closes the connection", arguments: [16, 18])
  func copy(version: Int) async throws {
    try await TestDatabase.run(on: version) { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.query("copy (select 1) to stdout")
      }
      #expect(fault == .copyNotSupported)
      #expect(await !connection.isOpen)
    }
  }

  @Test(
    "each SQLSTATE has its disposition",
    arguments: [
      ("40001", PostgresFault.Disposition.retry), ("40P01", .retry), ("55P03", .retry),
      ("57P01", .reconnect), ("08006", .reconnect), ("08P01", .reconnect), ("25006", .reconnect),
      ("57P03", .backOff), ("53300", .backOff), ("57014", .split), ("23503", .reject),
      ("22003", .reject),
      ("42501", .abort), ("42P01", .abort), ("42883", .abort), ("42P10", .abort),
      ("22000", .abort), ("0A000", .abort), ("53100", .abort), ("53200", .abort),
    ])
  func dispositions(code: String, expected: PostgresFault.Disposition) {
    let fault = PostgresFault.server(ServerError(sqlState: code, message: "x"))
    #expect(fault.disposition == expected)
    #expect(fault.isTransient == ![.reject, .abort].contains(expected))
  }
}
