#include "harness/pki/revocation_list.h"

#include <algorithm>
#include <memory>

#include <openssl/pem.h>

namespace mqtts::pki {
namespace {

using ListPtr = std::unique_ptr<X509_CRL, FreeWith<X509_CRL_free>>;
using RevokedPtr = std::unique_ptr<X509_REVOKED, FreeWith<X509_REVOKED_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>>;

bool add_revoked(X509_CRL& list, const X509& certificate, ASN1_TIME& since) {
  RevokedPtr entry(X509_REVOKED_new());
  auto* serial = const_cast<ASN1_INTEGER*>(X509_get0_serialNumber(&certificate));  // it is copied
  if (!entry || X509_REVOKED_set_serialNumber(entry.get(), serial) != 1 ||
      X509_REVOKED_set_revocationDate(entry.get(), &since) != 1 || X509_CRL_add0_revoked(&list, entry.get()) != 1)
    return false;
  entry.release();  // NOLINT(bugprone-unused-return-value): the list owns it now
  return true;
}

}  // namespace

Result<std::string> make_revocation_list(const std::vector<CertificatePtr>& revoked, Validity validity,
                                         const Issuer& issuer) {
  const ListPtr list(X509_CRL_new());
  const TimePtr from(X509_gmtime_adj(nullptr, validity.not_before.count()));
  const TimePtr until(X509_gmtime_adj(nullptr, validity.not_after.count()));
  const BioPtr out(BIO_new(BIO_s_mem()));
  const bool signs_itself = EVP_PKEY_get_base_id(&issuer.key) == EVP_PKEY_ED25519;
  if (!list || !from || !until || !out || X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(&issuer.certificate)) != 1 ||
      X509_CRL_set1_lastUpdate(list.get(), from.get()) != 1 || X509_CRL_set1_nextUpdate(list.get(), until.get()) != 1 ||
      !std::ranges::all_of(revoked, [&](const auto& it) { return add_revoked(*list, *it, *from); }) ||
      X509_CRL_sort(list.get()) != 1 ||
      X509_CRL_sign(list.get(), &issuer.key, signs_itself ? nullptr : EVP_sha256()) <= 0 ||
      PEM_write_bio_X509_CRL(out.get(), list.get()) != 1) {
    return failure(ErrorKind::local, msg("OpenSSL could not make a revocation list"), {}, openssl_errors());
  }
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace mqtts::pki
