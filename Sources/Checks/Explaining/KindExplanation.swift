internal import Checklist
internal import Core
package import Gate
internal import HTTP

extension Explanation {
  /// All kinds of services and then all kinds of checks, in the order of the reference.
  package static var ofAllKinds: [Explanation] {
    (ServiceKind.allCases.map(\.rawValue) + allKindDeclarations.map(\.name)).compactMap(ofKind)
  }

  /// Explains a kind of check or of service by an example, without asking anybody.
  ///
  /// - Parameter name: The kind's key in a checklist.
  /// - Returns: Nil where there is no such kind.
  package static func ofKind(_ name: String) -> Explanation? {
    if let service = ServiceKind(rawValue: name) {
      return ofKind(
        service.declaration, isService: true, ExampleChecklist(of: service),
        id: "service." + ExampleChecklist.name(of: service))
    }
    return allKinds.first { $0.declaration.name == name }.flatMap { kind in
      ofKind(kind.declaration, isService: false, ExampleChecklist(of: kind), id: name)
    }
  }

  private static func ofKind(
    _ declaration: KindDeclaration, isService: Bool, _ example: ExampleChecklist, id: String
  ) -> Explanation? {
    // Nobody's variables: the page reads the same everywhere.
    example.read.checklist.flatMap { checklist in
      ofCheck(
        id, in: checklist,
        with: Services(of: checklist, variables: Variables([:]), directory: ".", http: HTTPClient())
      )
    }.map { explanation in
      Explanation(
        of: .kind(example: example.text), declaration: declaration, isService: isService,
        parts: explanation.parts)
    }
  }
}
