#include "harness/pki/dates.h"

#include <ctime>

#include <openssl/pem.h>

#include "harness/util/openssl.h"

namespace mqtts::pki {
namespace {

constexpr std::size_t most = 100;

using CrlPtr = std::unique_ptr<X509_CRL, FreeWith<X509_CRL_free>>;

void free_chars(char* text) { OPENSSL_free(text); }
void free_bytes(unsigned char* bytes) { OPENSSL_free(bytes); }
using CharsPtr = std::unique_ptr<char, FreeWith<free_chars>>;
using BytesPtr = std::unique_ptr<unsigned char, FreeWith<free_bytes>>;

std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return timegm(&parts);
}

std::string text_of_name(const X509_NAME* name) {
  const CharsPtr text(X509_NAME_oneline(name, nullptr, 0));
  return text ? text.get() : "";
}

std::optional<Dated> dates_of(const std::string& label, const unsigned char* bytes, long size) {
  if (label == PEM_STRING_X509) {
    const CertificatePtr certificate(d2i_X509(nullptr, &bytes, size));
    if (!certificate) return std::nullopt;
    const auto not_before = seconds_of(X509_get0_notBefore(certificate.get()));
    const auto not_after = seconds_of(X509_get0_notAfter(certificate.get()));
    if (!not_before || !not_after) return std::nullopt;
    return Dated{text_of_name(X509_get_subject_name(certificate.get())), *not_before, not_after};
  }
  if (label != PEM_STRING_X509_CRL) return std::nullopt;
  const CrlPtr list(d2i_X509_CRL(nullptr, &bytes, size));
  if (!list) return std::nullopt;
  const auto* next_update = X509_CRL_get0_nextUpdate(list.get());
  const auto not_before = seconds_of(X509_CRL_get0_lastUpdate(list.get()));
  const auto not_after = seconds_of(next_update);
  if (!not_before || (next_update != nullptr && !not_after)) return std::nullopt;
  return Dated{text_of_name(X509_CRL_get_issuer(list.get())), *not_before, not_after};
}

}  // namespace

std::vector<Dated> dates_in(const std::string& pem) {
  std::vector<Dated> found;
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char* raw_label = nullptr;
  char* raw_header = nullptr;
  unsigned char* raw_bytes = nullptr;
  long size = 0;
  while (memory && found.size() < most && PEM_read_bio(memory.get(), &raw_label, &raw_header, &raw_bytes, &size) == 1) {
    const CharsPtr label(raw_label);
    const CharsPtr header(raw_header);
    const BytesPtr bytes(raw_bytes);
    if (auto dated = dates_of(label.get(), bytes.get(), size)) found.push_back(*std::move(dated));
  }
  openssl_errors();  // the end of the text is an error to OpenSSL
  return found;
}

}  // namespace mqtts::pki
