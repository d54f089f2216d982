#include "harness/pki/pem.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <openssl/pem.h>

#include "harness/util/openssl.h"

namespace mqtts::pki {
namespace {

std::string text_in(BIO& memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(&memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

BioPtr reader(const std::string& text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// OpenSSL calls this for an encrypted key: sets the bool behind `noted`, and gives no passphrase.
int note_passphrase_wanted(char*, int, int, void* noted) {
  *static_cast<bool*>(noted) = true;
  return -1;
}

}  // namespace

std::string to_pem(const X509& certificate) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_X509(memory.get(), &certificate) != 1) throw std::runtime_error(openssl_errors());
  return text_in(*memory);
}

std::string to_pem(const EVP_PKEY& key) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_PKCS8PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error(openssl_errors());
  }
  return text_in(*memory);
}

Result<CertificatePtr> parse_certificate(const Pem& pem) {
  const auto memory = reader(pem.text);
  CertificatePtr certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (certificate) return certificate;
  return failure(ErrorKind::local, msg("there is no certificate in {file}", {{"file", pem.file}}),
                 msg("it must be a PEM file with a CERTIFICATE block"), openssl_errors());
}

std::vector<CertificatePtr> parse_certificates(const Pem& pem) {
  const auto memory = reader(pem.text);
  std::vector<CertificatePtr> all;
  while (CertificatePtr next{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
    all.push_back(std::move(next));
  openssl_errors();  // the end of the text is an error to OpenSSL
  return all;
}

Result<KeyPtr> parse_key(const Pem& pem) {
  const auto memory = reader(pem.text);
  bool encrypted = false;
  KeyPtr key(PEM_read_bio_PrivateKey(memory.get(), nullptr, note_passphrase_wanted, &encrypted));
  if (key) return key;
  const auto detail = openssl_errors();
  if (encrypted) {
    return failure(ErrorKind::local, msg("the private key in {file} is encrypted", {{"file", pem.file}}),
                   msg("take its passphrase away: openssl pkey -in {file} -out plain.key", {{"file", pem.file}}));
  }
  return failure(ErrorKind::local, msg("there is no private key in {file}", {{"file", pem.file}}),
                 msg("it must be a PEM file with a PRIVATE KEY block"), detail);
}

bool is_encrypted(const Pem& pem) {
  return pem.text.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string::npos ||
         pem.text.find("Proc-Type: 4,ENCRYPTED") != std::string::npos;
}

bool key_matches_certificate(const EVP_PKEY& key, const X509& certificate) {
  const bool matches = X509_check_private_key(&certificate, &key) == 1;
  openssl_errors();  // a mismatch is an answer: removes its error from the queue
  return matches;
}

}  // namespace mqtts::pki
