#include "harness/pki/ca_bundle.h"

#include <algorithm>

#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"

namespace mqtts::pki {
namespace {

bool has_signed(const CertificatePtr& issuer, const CertificatePtr& subject) {
  return X509_NAME_cmp(X509_get_issuer_name(subject.get()), X509_get_subject_name(issuer.get())) == 0 &&
         X509_verify(subject.get(), X509_get0_pubkey(issuer.get())) == 1;
}

}  // namespace

CaBundle::CaBundle(const std::string& file) {
  if (const auto pem = read_pem(file)) cas_ = parse_certificates(*pem);
  for (std::size_t i = 0; i < cas_.size(); ++i) family_.push_back(i);
  for (std::size_t i = 0; i < cas_.size(); ++i)
    for (std::size_t j = 0; j < cas_.size(); ++j)
      if (family_[i] != family_[j] && has_signed(cas_[i], cas_[j]))
        std::ranges::replace(family_, std::max(family_[i], family_[j]), std::min(family_[i], family_[j]));
  openssl_errors();  // a signature that does not fit is an answer: removes its error from the queue
}

std::optional<std::size_t> CaBundle::signer_of(const Identity& identity) const {
  const auto chain = parse_certificates(identity.certificate);
  std::optional<std::size_t> signer;
  auto subject = chain.begin();
  for (std::size_t step = 0; step < chain.size() && !signer && subject != chain.end(); ++step) {
    const auto has_signed_it = [&](const CertificatePtr& it) { return has_signed(it, *subject); };
    if (const auto ca = std::ranges::find_if(cas_, has_signed_it); ca != cas_.end())
      signer = family_[static_cast<std::size_t>(ca - cas_.begin())];
    subject = std::ranges::find_if(chain, has_signed_it);
  }
  openssl_errors();
  return signer;
}

}  // namespace mqtts::pki
