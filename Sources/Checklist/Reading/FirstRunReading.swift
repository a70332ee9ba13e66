internal import Core
internal import YAML

extension FieldReader {
  /// The first run's conditions; `pipelines` are the names that the file declares.
  mutating func readFirstRun(_ entry: Entry, pipelines: [String]) -> FirstRunDeclaration? {
    guard let entries = entries(of: entry.value, named: "`first_run`") else { return nil }
    let place = Place(name: "`first_run`", location: entry.location)
    refuseUnknown(entries, known: FirstRunFields.firstRun, in: place)
    let settings = settings(entries, by: FirstRunFields.firstRun, in: place)
    judgeRamp(of: settings)
    guard let pipeline = pipeline(of: settings, among: pipelines, in: place) else { return nil }
    return FirstRunDeclaration(
      pipeline: pipeline, settings: settings, location: entry.location)
  }

  private mutating func pipeline(
    of settings: Settings, among names: [String], in place: Place
  ) -> String? {
    guard let named = settings["pipeline"], case .text(let name) = named.value else {
      if names.count == 1 { return names[0] }
      fail(
        names.isEmpty
          ? "\(place.name) needs a pipeline, and none is declared"
          : "\(place.name) must say which pipeline it runs",
        at: place.location,
        help: names.isEmpty ? nil : "declared are \(names.joined(last: "and"))")
      return nil
    }
    if names.contains(name) { return name }
    fail(
      "no pipeline \(name.quoted) is declared", at: named.location,
      help: names.nearest(to: name).map { "did you mean `\($0)`?" })
    return nil
  }

  private mutating func judgeRamp(of settings: Settings) {
    var last = 0
    for step in settings.list("ramp") {
      let items: Int
      switch step.value {
      case .whole(let number): items = number
      case .text: items = .max
      // Its variables are filled later, so that its place in the order is not known here.
      default: continue
      }
      if items <= last {
        fail("the steps of `ramp` must rise, with `all` as the last", at: step.location)
      }
      last = max(last, items)
    }
  }
}
