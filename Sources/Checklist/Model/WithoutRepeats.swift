extension Sequence {
  /// The elements in their order, and of those that are equal by a property only the first.
  package func withoutRepeats<Property: Hashable>(by property: (Element) -> Property) -> [Element] {
    var seen: Set<Property> = []
    return filter { seen.insert(property($0)).inserted }
  }
}
