#include "harness/remote/fingerprints.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "harness/brokers/drivers.h"
#include "harness/remote/limits.h"
#include "harness/remote/scripts.h"
#include "harness/util/digest.h"
#include "harness/util/openssl.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view configuration_sh;
extern const std::string_view fetch_sh;
extern const std::string_view fingerprints_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {

namespace {

constexpr std::size_t own_authorities = 4;  // a file with more is the system's own collection, which many share

void add_fingerprint(std::vector<Fingerprint>& fingerprints, Fingerprint fingerprint) {
  if (!fingerprint.value.empty() && std::ranges::find(fingerprints, fingerprint) == fingerprints.end())
    fingerprints.push_back(std::move(fingerprint));
}

void add_authorities(std::vector<Fingerprint>& fingerprints, const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<std::string> digests;
  while (digests.size() <= own_authorities) {
    const CertificatePtr certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    digests.push_back(sha256_of_public_key(*certificate));
  }
  if (digests.size() > own_authorities) return;
  for (auto& digest : digests) add_fingerprint(fingerprints, {FingerprintKind::ca_key, std::move(digest)});
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string fingerprints_script(const BrokerProfile& profile) {
  return fmt::format("{}\n{}{}\nconf={}\nmost={}\n{}", texts::fetch_sh, brokers::driver_of(profile).script(),
                     texts::configuration_sh, shell_quoted(profile.configuration_path), longest_configuration,
                     texts::fingerprints_sh);
}

std::vector<Fingerprint> parse_fingerprints(const std::string& output) {
  constexpr std::string_view of_password = "password-hash ", of_pem = "pem ";
  std::vector<Fingerprint> fingerprints;
  std::string pem;
  for (std::string_view rest = output; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with(of_password) && is_digest(line.substr(of_password.size())))
      add_fingerprint(fingerprints, {FingerprintKind::password_hash, std::string(line.substr(of_password.size()))});
    if (line.starts_with(of_pem)) pem.append(line.substr(of_pem.size())).append("\n");
    if (line == "authorities") {
      add_authorities(fingerprints, pem);
      pem.clear();
    }
  }
  add_authorities(fingerprints, pem);
  return fingerprints;
}

std::vector<Fingerprint> host_fingerprints(SshBrokerHost& host, const BrokerProfile& profile,
                                           const Deadline& deadline) {
  const auto output = host.ask(fingerprints_script(profile), deadline);
  std::vector<Fingerprint> fingerprints;
  add_fingerprint(fingerprints, {FingerprintKind::ssh_host_key, host.host_key()});
  if (!output) return fingerprints;
  for (auto& fingerprint : parse_fingerprints(output->out)) add_fingerprint(fingerprints, std::move(fingerprint));
  return fingerprints;
}

}  // namespace mqtts::remote
