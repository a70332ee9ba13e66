/// An amount of dollars to the millionth, since a batch of embeddings costs less than a cent.
package func dollarText(_ dollars: Double) -> String {
  guard dollars.isFinite, dollars >= 0, dollars < 1e9 else { return "$?" }
  let millionths = Int((dollars * 1e6).rounded())
  guard millionths > 0 || dollars == 0 else { return "less than $0.000001" }
  var digits = String(millionths % 1_000_000)
  digits = String(repeating: "0", count: 6 - digits.count) + digits
  while digits.count > 2, digits.hasSuffix("0") { digits.removeLast() }
  return "$\(millionths / 1_000_000).\(digits)"
}
