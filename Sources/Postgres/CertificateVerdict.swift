internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What OpenSSL had against the certificate of a connection that libpq has given up on this thread.
///
/// libpq says of each certificate that it does not accept no more than that, and lets go of the side of
/// the connection that knows why before it returns (fe-secure-openssl.c, `open_client_SSL`). OpenSSL has
/// whoever keeps data with such a side told when it goes (CRYPTO_get_ex_new_index(3)).
enum CertificateVerdict {
  /// OpenSSL's word for the thread's last connection; null where it had nothing against it.
  private static let word: pthread_key_t = {
    var key = pthread_key_t()
    unsafe pthread_key_create(&key, nil)
    return key
  }()

  private static let registration: Int32 = unsafe CRYPTO_get_ex_new_index(
    CRYPTO_EX_INDEX_SSL, 0, nil, nil, nil
  ) { side, _, _, _, _, _ in
    guard let side = unsafe side else { return }
    let code = unsafe SSL_get_verify_result(OpaquePointer(side))
    unsafe pthread_setspecific(word, UnsafeRawPointer(bitPattern: code))
  }

  /// Has the next connection of this thread leave its own word.
  static func clear() {
    _ = registration
    pthread_setspecific(word, nil)
  }

  /// OpenSSL's words for why a certificate was not accepted; nil where it was.
  static var refusal: String? {
    let code = Int(bitPattern: unsafe pthread_getspecific(word))
    guard code != Int(X509_V_OK), let words = unsafe X509_verify_cert_error_string(code) else {
      return nil
    }
    return unsafe String(cString: words)
  }
}
