#include "tests/support/lab_material.h"

#include <memory>
#include <stdexcept>

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "tests/support/must.h"

namespace mqtts::test {
LabMaterial::LabMaterial()
    : lab_(make_authority("/C=FR/L=PARIS/CN=Lab CA")),
      stranger_(make_authority("/CN=Stranger CA")),
      ca(write(pki::to_pem(*lab_.certificate))),
      stranger_ca(write(pki::to_pem(*stranger_.certificate))),
      server(signed_by_lab({.subject = "/CN=127.0.0.1"})),
      client(signed_by_lab({.subject = "/CN=userclient"})) {}

LabMaterial::Authority LabMaterial::make_authority(const std::string& subject) {
  auto key = must(pki::make_key(KeyType::ec_p256));
  auto certificate = must(pki::make_authority(subject, pki::valid_for(365), *key));
  return {std::move(key), std::move(certificate)};
}

Pem LabMaterial::write(std::string text) {
  return must(pki::write_pem(folder_ / (std::to_string(++files_) + ".pem"), std::move(text)));
}

Identity LabMaterial::signed_by(const Authority& authority, const pki::CertificateRequest& request, KeyPtr key) {
  const auto certificate = must(pki::make_certificate(request, *key, {*authority.certificate, *authority.key}));
  return {write(pki::to_pem(*certificate)), write(pki::to_pem(*key))};
}

Identity LabMaterial::signed_by_lab(const pki::CertificateRequest& request) {
  return signed_by(lab_, request, must(pki::make_key(KeyType::ec_p256)));
}

Identity LabMaterial::signed_by_lab_for_rsa(const pki::CertificateRequest& request, unsigned int bits) {
  return signed_by(lab_, request, KeyPtr(EVP_RSA_gen(bits)));
}

Identity LabMaterial::signed_by_stranger(const pki::CertificateRequest& request) {
  return signed_by(stranger_, request, must(pki::make_key(KeyType::ec_p256)));
}

Identity LabMaterial::forged(const pki::CertificateRequest& request) {
  const auto key = must(pki::make_key(KeyType::ec_p256));
  const auto certificate = must(pki::make_certificate(request, *key, {*lab_.certificate, *stranger_.key}));
  return {write(pki::to_pem(*certificate)), write(pki::to_pem(*key))};
}

Pem LabMaterial::revocation_list(pki::Validity validity) {
  const std::unique_ptr<X509_CRL, FreeWith<X509_CRL_free>> list(X509_CRL_new());
  const std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>> from(
      X509_gmtime_adj(nullptr, validity.not_before.count()));
  const std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>> to(X509_gmtime_adj(nullptr, validity.not_after.count()));
  const bool made = X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
                    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(lab_.certificate.get())) == 1 &&
                    X509_CRL_set1_lastUpdate(list.get(), from.get()) == 1 &&
                    X509_CRL_set1_nextUpdate(list.get(), to.get()) == 1 &&
                    X509_CRL_sign(list.get(), lab_.key.get(), EVP_sha256()) > 0;
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!made || PEM_write_bio_X509_CRL(out.get(), list.get()) != 1) throw std::runtime_error("no revocation list");
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return write({text, static_cast<std::size_t>(size)});
}

Pem LabMaterial::ca_key() { return write(pki::to_pem(*lab_.key)); }

}  // namespace mqtts::test
