#include "harness/doctor/fit.h"

#include <ctime>
#include <memory>
#include <vector>

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "harness/pki/pem.h"
#include "harness/util/openssl.h"
#include "harness/wire/certificates.h"

namespace mqtts::doctor {
namespace {

constexpr std::size_t most_certificates = 100;  // of one file

BioPtr reader_of(const std::string& pem) { return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

std::vector<CertificatePtr> certificates_in(const std::string& pem) {
  std::vector<CertificatePtr> all;
  const auto in = reader_of(pem);
  while (all.size() < most_certificates) {
    CertificatePtr next(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    all.push_back(std::move(next));
  }
  openssl_errors();
  return all;
}

using StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

struct FreeList {
  void operator()(STACK_OF(X509) * list) const { sk_X509_free(list); }  // not what it lists
};

}  // namespace

std::optional<int> verify(const std::string& pem, const std::string& authorities, Use use, std::int64_t now) {
  const auto chain = certificates_in(pem);
  const auto trusted = certificates_in(authorities);
  if (chain.empty() || trusted.empty()) return std::nullopt;
  const StorePtr store(X509_STORE_new());
  for (const auto& each : trusted) X509_STORE_add_cert(store.get(), each.get());
  const std::unique_ptr<STACK_OF(X509), FreeList> others(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(others.get(), chain[i].get());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), others.get()) != 1) return std::nullopt;
  X509_STORE_CTX_set_default(context.get(), use == Use::server ? "ssl_server" : "ssl_client");
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(now));
  const int verified = X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  openssl_errors();
  return verified == 1 ? X509_V_OK : error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
}

bool have_same_subject(const std::string& pem, const std::string& other) {
  const auto one = certificates_in(pem);
  const auto two = certificates_in(other);
  return !one.empty() && !two.empty() &&
         X509_NAME_cmp(X509_get_subject_name(one.front().get()), X509_get_subject_name(two.front().get())) == 0;
}

bool names(const std::string& pem, const std::string& host) {
  const auto all = certificates_in(pem);
  return all.empty() || wire::check_name(*all.front(), host).error == X509_V_OK;
}

std::optional<bool> is_key_of(const std::string& public_key, const std::string& pem) {
  const auto in = reader_of(public_key);
  const KeyPtr key(PEM_read_bio_PUBKEY(in.get(), nullptr, nullptr, nullptr));
  const auto all = certificates_in(pem);
  openssl_errors();
  if (!key || all.empty()) return std::nullopt;
  return EVP_PKEY_eq(key.get(), X509_get0_pubkey(all.front().get())) == 1;
}

std::string public_half(const std::string& pem) {
  const auto key = pki::parse_key({.text = pem, .file = {}});
  if (!key) return {};
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PUBKEY(out.get(), key->get()) != 1) return {};
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace mqtts::doctor
