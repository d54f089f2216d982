// What the tests of this layer share: a folder of their own, other programs as independent readers, and parties
// with P-256 keys, which cost nothing.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "harness/pki/mint.h"
#include "harness/pki/pem.h"
#include "tests/support/must.h"

namespace mqtts::pki {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "mqtts-pki-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name) << text;
    return *this / name;
  }

 private:
  std::string path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Ran {
  int exit_code;
  std::string output;  // both streams
};

inline Ran run_shell(const std::string& command) {
  auto* pipe = popen(("exec 2>&1; " + command).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell");
  std::string output;
  for (int letter = fgetc(pipe); letter != EOF; letter = fgetc(pipe)) output += static_cast<char>(letter);
  return {WEXITSTATUS(pclose(pipe)), output};
}

using test::must;

struct Party {
  KeyPtr key;
  CertificatePtr certificate;
  Issuer as_issuer() const { return {*certificate, *key}; }
};

inline Party authority(const std::string& subject, KeyType type = KeyType::ec_p256) {
  auto key = must(make_key(type));
  auto certificate = must(make_authority(subject, valid_for(365), *key));
  return {std::move(key), std::move(certificate)};
}

inline Party signed_by(const Party& issuer, const CertificateRequest& request, KeyType type = KeyType::ec_p256) {
  auto key = must(make_key(type));
  auto certificate = must(make_certificate(request, *key, issuer.as_issuer()));
  return {std::move(key), std::move(certificate)};
}

// The X509_V_ code of a chain of `leaf` and the one trusted `root`, `shift` seconds from now.
inline int verify(X509& leaf, X509& root, long shift = 0) {
  const std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_add_cert(store.get(), &root);
  X509_STORE_CTX_init(context.get(), store.get(), &leaf, nullptr);
  X509_STORE_CTX_set_time(context.get(), 0, time(nullptr) + shift);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

}  // namespace mqtts::pki
