#include "tests/support/hostile_material.h"

#include <stdexcept>

#include "harness/pki/material_files.h"
#include "harness/pki/mint.h"
#include "harness/pki/pem.h"
#include "tests/support/must.h"

namespace mqtts::test {
namespace {

Identity write(const std::string& certificates, const EVP_PKEY& key, const std::string& path) {
  return {must(pki::write_pem(path + ".crt", certificates)), must(pki::write_pem(path + ".key", pki::to_pem(key)))};
}

}  // namespace

std::string hostile_text() {
  return std::string(
             "=HYPERLINK(\"http://example.org\")\x1b[2J\x1b]0;owned\a<script>alert(1)</script>]]>\"',;|\r\n\xff\xfe") +
         '\0' + "@SUM(A1)";
}

Identity certificate_of_organisation(const std::string& organisation, const std::string& folder,
                                     const std::string& name) {
  const auto key = must(pki::make_key(KeyType::ec_p256));
  const auto certificate = must(pki::make_self_signed({.subject = "/CN=127.0.0.1"}, *key));
  auto* subject = X509_get_subject_name(certificate.get());
  // This type (Latin-1 in OpenSSL) accepts any bytes of any length.
  const bool made = X509_NAME_add_entry_by_NID(subject, NID_organizationName, V_ASN1_T61STRING,
                                               reinterpret_cast<const unsigned char*>(organisation.data()),
                                               static_cast<int>(organisation.size()), -1, 0) == 1 &&
                    X509_set_issuer_name(certificate.get(), subject) == 1 &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  if (!made) throw std::runtime_error("no certificate for such an organisation");
  return write(pki::to_pem(*certificate), *key, folder + "/" + name);
}

Identity certificate_with_chain(int length, const std::string& folder, const std::string& name) {
  auto issuer_key = must(pki::make_key(KeyType::ec_p256));
  auto issuer = must(pki::make_authority("/CN=0", pki::valid_for(1), *issuer_key));
  std::string chain = pki::to_pem(*issuer);
  for (int i = 1; i < length; ++i) {
    auto key = must(pki::make_key(KeyType::ec_p256));
    issuer = must(pki::make_certificate({.subject = "/CN=" + std::to_string(i)}, *key, {*issuer, *issuer_key}));
    issuer_key = std::move(key);
    chain = pki::to_pem(*issuer) + chain;
  }
  return write(chain, *issuer_key, folder + "/" + name);
}

}  // namespace mqtts::test
