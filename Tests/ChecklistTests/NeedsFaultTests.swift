import Checklist
import Core
import Testing

@Suite("What checks need of each other")
struct NeedsFaultTests {
  @Test("A need of nothing known is told with the nearest name, services included")
  func unknown() {
    let checks = """
        - { id: key, secret: X }
        - { id: b, secret: X, needs: [kye, service.databse, zzz, service.database, key] }
      """
    #expect(
      faults(of: file(checks: checks)) == """
        list.yaml:7:33: error: no check or service is called "kye"
            7 |   - { id: b, secret: X, needs: [kye, service.databse, zzz, service.database, key] }
              |                                 ^^^ did you mean `key`?
        list.yaml:7:38: error: no check or service is called "service.databse"
            7 |   - { id: b, secret: X, needs: [kye, service.databse, zzz, service.database, key] }
              |                                      ^^^^^^^^^^^^^^^ did you mean `service.database`?
        list.yaml:7:55: error: no check or service is called "zzz"
            7 |   - { id: b, secret: X, needs: [kye, service.databse, zzz, service.database, key] }
              |                                                       ^^^ services are called `service.NAME`
        """)
  }

  @Test("A ring of checks is told once, with its members")
  func ring() {
    let checks = """
        - { id: a, secret: X, needs: b }
        - { id: b, secret: X, needs: [c] }
        - { id: c, secret: X, needs: [a, c] }
        - { id: d, secret: X, needs: [a, b, c] }
      """
    #expect(
      faults(of: file(checks: checks)) == """
        list.yaml:8:33: error: these checks need each other: a → b → c → a
            8 |   - { id: c, secret: X, needs: [a, c] }
              |                                 ^
        list.yaml:8:36: error: the check "c" needs itself
            8 |   - { id: c, secret: X, needs: [a, c] }
              |                                    ^
        """)
  }

  @Test("Checks that many others need, without a ring, are in order")
  func diamond() {
    let checks = """
        - { id: a, secret: X, needs: [b, c] }
        - { id: b, secret: X, needs: d }
        - { id: c, secret: X, needs: [d, b] }
        - { id: d, secret: X, needs: service.embedder }
      """
    #expect(faults(of: file(checks: checks)) == "")
    #expect(
      read(file(checks: checks)).checklist?.checks.map(\.needs) == [
        ["b", "c"], ["d"], ["d", "b"], ["service.embedder"],
      ])
  }

  @Test("A long ring is told in short")
  func longRing() {
    let checks = (0..<5_000).map { "  - { id: c\($0), secret: X, needs: c\(($0 + 1) % 5_000) }" }
    #expect(
      read(file(checks: checks.joined(separator: "\n"))).diagnostics.map(\.message) == [
        "these checks need each other: c0 → c1 → c2 → c3 → c4 → c5 → c6 → … → c0"
      ])
  }
}
