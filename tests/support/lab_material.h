// Keys and certificates of a lab and of strangers, generated on demand: P-256, which is fast.
#pragma once

#include <string>

#include "harness/model/materials.h"
#include "harness/pki/mint.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::test {

class LabMaterial {
 public:
  LabMaterial();

  // Signed by the lab's authority and written to files, as harness/pki does.
  Identity signed_by_lab(const pki::CertificateRequest& request);
  // With an RSA key of `bits` bits.
  Identity signed_by_lab_for_rsa(const pki::CertificateRequest& request, unsigned int bits);
  Identity signed_by_stranger(const pki::CertificateRequest& request);
  // Signed by the stranger, but with the name of the lab's authority as issuer.
  Identity forged(const pki::CertificateRequest& request);

  // Of the lab's authority, revoking nothing.
  Pem revocation_list(pki::Validity validity);
  // The key of the lab's authority, in a file.
  Pem ca_key();

  const TemporaryFolder& folder() const { return folder_; }

 private:
  struct Authority {
    KeyPtr key;
    CertificatePtr certificate;
  };
  static Authority make_authority(const std::string& subject);
  Pem write(std::string text);
  Identity signed_by(const Authority& authority, const pki::CertificateRequest& request, KeyPtr key);

  TemporaryFolder folder_;
  int files_ = 0;
  Authority lab_;
  Authority stranger_;

 public:
  const Pem ca;           // the lab's authority
  const Pem stranger_ca;  // an authority that nobody trusts
  const Identity server;  // CN=127.0.0.1, X.509 v1, no subjectAltName: as in the lab's instructions
  const Identity client;  // CN=userclient
};

}  // namespace mqtts::test
