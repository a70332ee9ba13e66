/// Writes the body of an embeddings answer into one buffer, without a string for each number.
struct EmbeddingsBody {
  private(set) var bytes: [UInt8] = []
  private let encoding: EmbeddingsRequest.Encoding
  private var isFirst = true

  /// Begins a body for so many vectors of so many numbers.
  init(encoding: EmbeddingsRequest.Encoding, vectors: Int, dimensions: Int) {
    self.encoding = encoding
    let numberBytes = encoding == .base64 ? 6 : 14
    bytes.reserveCapacity(256 + vectors * (64 + dimensions * numberBytes))
    bytes += #"{"object":"list","data":["#.utf8
  }

  /// Adds the vector of the input with this index; `firstNumber` is written in place of the first one.
  mutating func add(_ vector: [Float], index: Int?, firstNumber: String? = nil) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes += #"{"object":"embedding","#.utf8
    if let index {
      bytes += #""index":"#.utf8
      bytes += String(index).utf8
      bytes.append(UInt8(ascii: ","))
    }
    bytes += #""embedding":"#.utf8
    // What is no number has no form in base64: a service that fails this way answers with an array.
    if encoding == .base64, firstNumber == nil {
      bytes.append(UInt8(ascii: "\""))
      addBase64(vector)
      bytes.append(UInt8(ascii: "\""))
    } else {
      addNumbers(vector, firstNumber)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Ends the body with the model's name and the tokens used.
  mutating func end(model: String, tokens: Int) {
    bytes += #"],"model":\#(jsonString(model)),"usage":{"prompt_tokens":\#(tokens),"#.utf8
    bytes += #""total_tokens":\#(tokens)}}"#.utf8
  }

  private mutating func addNumbers(_ vector: [Float], _ firstNumber: String?) {
    bytes.append(UInt8(ascii: "["))
    for (place, number) in vector.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      if place == 0, let firstNumber {
        bytes += firstNumber.utf8
      } else {
        addDecimal(number)
      }
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// A number between -10 and 10 with ten decimals, which is finer than a `Float` of that size is.
  private mutating func addDecimal(_ number: Float) {
    let scaled = Int((Double(number) * 1e10).rounded())
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = scaled.magnitude
    let start = bytes.count
    bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 10_000_000_000))
    bytes.append(UInt8(ascii: "."))
    rest %= 10_000_000_000
    bytes += EmbeddingsBody.tenZeros
    var place = start + 11
    while rest > 0 {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
      place -= 1
    }
  }

  /// The numbers as little-endian IEEE 754 singles, in the alphabet of RFC 4648 section 4.
  private mutating func addBase64(_ vector: [Float]) {
    var pending: UInt32 = 0
    var pendingBytes = 0
    for number in vector {
      var bits = number.bitPattern
      for _ in 0..<4 {
        pending = pending << 8 | bits & 0xff
        bits >>= 8
        pendingBytes += 1
        if pendingBytes == 3 {
          addDigits(4, of: pending)
          (pending, pendingBytes) = (0, 0)
        }
      }
    }
    guard pendingBytes > 0 else { return }
    addDigits(pendingBytes + 1, of: pending << UInt32(8 * (3 - pendingBytes)))
    for _ in pendingBytes..<3 { bytes.append(UInt8(ascii: "=")) }
  }

  /// The first digits of the four that 24 bits make.
  private mutating func addDigits(_ count: Int, of bits: UInt32) {
    for place in 0..<count {
      bytes.append(EmbeddingsBody.alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)])
    }
  }

  private static let tenZeros = [UInt8](repeating: UInt8(ascii: "0"), count: 10)
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
