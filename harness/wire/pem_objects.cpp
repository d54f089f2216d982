#include "harness/wire/pem_objects.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace mqtts::wire {
namespace {

BioPtr reader_of(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// An encrypted key must fail, without a prompt for its passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::vector<CertificatePtr> read_certificates(const std::string& text) {
  std::vector<CertificatePtr> certificates;
  const auto reader = reader_of(text);
  while (auto* each = PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)) certificates.emplace_back(each);
  ERR_clear_error();  // the end of the text is an error to OpenSSL
  return certificates;
}

KeyPtr read_key(const std::string& text) {
  const auto reader = reader_of(text);
  return KeyPtr(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_passphrase, nullptr));
}

}  // namespace mqtts::wire
