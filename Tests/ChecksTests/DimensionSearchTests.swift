import Core
import Gate
import Sandbox
import TestWorld
import Testing

@Suite("The search function of a dimension check", .timeLimit(.minutes(2)))
struct DimensionSearchTests {
  private static let search = """
    create table notes (v vector(%), label text);
    insert into notes select array_fill(0.5, array[%])::vector, 'a';
    create function search(query vector(%), threshold float8, how_many int, tag text default 'a')
    returns setof text language sql stable as
    'select label from notes where 1 - (v <=> query) > threshold order by v <=> query limit how_many';
    """

  @Test("The search function is called with the model's vector, and tells what it compares with")
  func searched() async throws {
    try await TestWorld.run { world in
      try await world.execute(Self.search.replacing("%", with: "384"))
      let good = try await DimensionGo.finding("notes.v, searched_by: search", in: world)
      #expect(
        good
          == .pass(
            """
            384 in `dimensions` of embedder, the answer of text-embedding-3-small, notes.v and what \
            search searches
            """, evidence: ["dimension": .number(384)]))
      try await world.execute("create table old as select array_fill(0.5, array[768])::vector as v")
      try await world.execute(
        """
        create or replace function search(
          query vector(384), threshold float8, how_many int, tag text default 'a')
        returns setof text language sql stable as
        'select ''x'' from old order by v <=> query limit how_many';
        """)
      let odd = try await DimensionGo.finding("notes.v, searched_by: public.search", in: world)
      #expect(odd.status == .fail)
      #expect(odd.observed == "768 (what public.search searches)")
    }
  }

  @Test("Without a vector of the model's, one of the declared length is searched with")
  func searchedWithoutKey() async throws {
    try await TestWorld.run { world in
      try await world.execute(Self.search.replacing("%", with: "384"))
      let finding = try await DimensionGo.finding(
        "notes.v, searched_by: search", key: nil, in: world)
      #expect(finding.status == .pass)
      #expect(finding.message.contains("notes.v and what search searches; "))
    }
  }

  @Test(
    "A search function that does not tell is no pass",
    arguments: [
      ("gone", Status.fail, "gone does not exist"),
      (
        "increment_embedding_job_progress", .fail,
        "increment_embedding_job_progress takes no vector"
      ),
      ("twice", .error, "twice is 2 functions, of which a call could mean any"),
      (
        "writes", .error,
        "writes could not be called: cannot execute INSERT in a read-only transaction [25006]"
      ),
    ])
  func notSearched(_ function: String, _ status: Status, _ message: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function twice(v vector) returns int language sql as 'select 1';
        create function twice(v vector, n int) returns int language sql as 'select 1';
        create table log (n int);
        create function writes(v vector) returns int language sql as
        'insert into log values (1) returning n';
        """)
      let finding = try await DimensionGo.finding(
        "issues.embedding, searched_by: \(function)", in: world)
      #expect(finding.status == status)
      #expect(finding.message == message)
    }
  }

  @Test("A search that finds no row compares nothing, and the finding says so")
  func nothingToSearch() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function search(query vector) returns setof uuid language sql stable as
        'select id from issues where embedding is not null order by embedding <=> query limit 5';
        update issues set embedding = null;
        """)
      let finding = try await DimensionGo.finding(
        "issues.embedding, searched_by: search", in: world)
      #expect(finding.status == .pass)
      #expect(finding.message.hasSuffix("; search found no row to compare with"))
    }
  }
}
