extension Int {
  /// The number together with what it counts: `1 item`, `2 items`, `3 retries`.
  package func counted(_ thing: String, plural: String? = nil) -> String {
    "\(self) " + (self == 1 ? thing : plural ?? thing + "s")
  }
}
