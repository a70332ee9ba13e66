import Gate
import TestWorld
import Testing

@testable import Checks

@Suite(.timeLimit(.minutes(2))) struct ExtensionCheckTests {
  /// The version of pgvector that the test's server offers.
  private func offered(in world: TestWorld) async throws -> String {
    try #require(
      try await world.text(
        "select default_version from pg_available_extensions where name = 'vector'"))
  }

  @Test("An extension that is installed, new enough and in its schema passes")
  func passes() async throws {
    try await TestWorld.run { world in
      let version = try await offered(in: world)
      let passed = Finding.pass(
        "vector \(version) is installed in the schema public",
        evidence: ["version": .text(version), "schema": .text("public")])
      for settings in ["", ", at_least: 0.5.1", ", at_least: \(version), schema: public"] {
        #expect(try await Go.finding("extension: vector\(settings)", in: world) == passed)
      }
    }
  }

  @Test("One that the server only offers is told as such, and the fix creates it in its schema")
  func offeredOnly() async throws {
    try await TestWorld.run { world in
      let version = try await offered(in: world)
      try await world.execute("drop extension vector cascade")
      let check = "extension: vector, at_least: 0.7.0, schema: extensions"
      let finding = try await Go.finding(check, in: world)
      #expect(
        finding
          == .fail(
            "the extension vector is not installed in this database; the server offers \(version)",
            expected: "the extension vector, 0.7.0 or newer, in the schema extensions",
            observed: "not installed; the server offers \(version)",
            fix: """
              create schema if not exists extensions;
              create extension vector schema extensions;
              """))
      try await world.execute(try #require(finding.fix))
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("One that the server does not offer is told with the nearest name, and can be taken over")
  func notOffered() async throws {
    try await TestWorld.run { world in
      let misnamed = try await Go.finding("extension: pgvector", in: world)
      #expect(
        misnamed
          == .fail(
            "the server offers no extension pgvector; did you mean vector?",
            expected: "the extension pgvector",
            observed: "not installed, and not offered by the server", fix: "extension: vector"))
      #expect(
        try await Go.finding(try #require(misnamed.fix), in: world).status == .pass)
      let absent = try await Go.finding("extension: uuid-ossp", in: world)
      #expect(
        absent
          == .fail(
            "the server offers no extension uuid-ossp", expected: "the extension uuid-ossp",
            observed: "not installed, and not offered by the server",
            fix: """
              -- first install the package that holds uuid-ossp on the server
              create extension "uuid-ossp";
              """))
    }
  }

  @Test("An old one in another schema is told with both, and the fix mends both")
  func oldElsewhere() async throws {
    try await TestWorld.run { world in
      let version = try await offered(in: world)
      try await world.execute(
        "update pg_extension set extversion = '0.8.4' where extname = 'vector'")
      let check = "extension: vector, at_least: \(version), schema: ext"
      let finding = try await Go.finding(check, in: world)
      #expect(
        finding
          == .fail(
            "the extension vector: its version is 0.8.4; it is in the schema public",
            expected: "the extension vector, \(version) or newer, in the schema ext",
            observed: "its version is 0.8.4; it is in the schema public",
            fix: """
              alter extension vector update;
              create schema if not exists ext;
              alter extension vector set schema ext;
              """, evidence: ["version": .text("0.8.4"), "schema": .text("public")]))
      try await world.execute(try #require(finding.fix))
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("Where the server itself offers nothing as new, the fix begins with its package")
  func packageFirst() async throws {
    try await TestWorld.run { world in
      let version = try await offered(in: world)
      let finding = try await Go.finding("extension: vector, at_least: 99.1", in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.fix == """
          -- first install 99.1 or newer on the server, which offers \(version)
          alter extension vector update;
          """)
    }
  }

  @Test("One that cannot be moved is not told to be")
  func unmovable() async throws {
    try await TestWorld.run { world in
      let finding = try await Go.finding("extension: plpgsql, schema: public", in: world)
      #expect(finding.observed == "it is in the schema pg_catalog")
      #expect(
        finding.fix == "-- plpgsql cannot be moved; in the checklist: schema: pg_catalog")
      #expect(
        try await Go.finding("extension: plpgsql, schema: pg_catalog", in: world).status == .pass)
    }
  }

  @Test("A version that is no number cannot be told from an old one")
  func unreadable() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "update pg_extension set extversion = '0.9dev' where extname = 'vector'")
      let finding = try await Go.finding("extension: vector, at_least: 0.7.0", in: world)
      #expect(
        finding
          == .cannotTell(
            "vector is of the version \"0.9dev\", which cannot be compared with 0.7.0",
            expected: "the extension vector, 0.7.0 or newer",
            observed: "the version \"0.9dev\"",
            fix: "select extversion from pg_extension where extname = 'vector';",
            evidence: ["version": .text("0.9dev"), "schema": .text("public")]))
      #expect(try await Go.finding("extension: vector", in: world).status == .pass)
    }
  }

  @Test("Versions compare part by part, as numbers")
  func order() throws {
    let versions = try ["0.7", "0.7.0.1", "0.7.1", "0.10", "1", "1.2", "16.4", "20260101"]
      .map { try #require(VersionNumber($0)) }
    #expect(versions.sorted() == versions && zip(versions, versions.dropFirst()).allSatisfy(<))
    #expect(VersionNumber("1.0.0") == VersionNumber("1"))
    for text in ["", "1.", ".1", "1..2", "3.5.0dev", "-1", "+1", "1e3", "٣", "9999999999"] {
      #expect(VersionNumber(text) == nil, "\(text)")
    }
  }
}
