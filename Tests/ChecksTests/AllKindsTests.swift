import Checklist
import Checks
import FoundationEssentials
import Testing

@Suite struct AllKindsTests {
  private static let folder =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    + "/Sources/Checks/Kinds"

  @Test("The list holds each kind of the folder once")
  func folder() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
      .map { String($0.dropLast(".swift".count)) }
    #expect(files.sorted() == allKinds.map { "\($0)" }.sorted())
    #expect(Set(allKindDeclarations.map(\.name)).count == allKinds.count)
  }

  @Test("No setting bears the name of a kind or of a common setting")
  func names() {
    let reserved = Set(allKindDeclarations.map(\.name) + CommonSettings.fields.map(\.name))
    for declaration in allKindDeclarations {
      #expect(declaration.settings.map(\.name).filter(reserved.contains) == [])
    }
  }

  @Test("Each kind says when it passes, when it cannot tell and what it needs")
  func words() {
    for declaration in allKindDeclarations {
      #expect(declaration.passesWhen.hasSuffix("."))
      #expect(declaration.cannotTellWhen.hasSuffix("."))
      #expect(declaration.needs.hasSuffix("."))
      #expect(declaration.subject.example != nil)
    }
  }
}
