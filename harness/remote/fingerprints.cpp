#include "harness/remote/fingerprints.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "harness/brokers/drivers.h"
#include "harness/remote/scripts.h"
#include "harness/util/digest.h"
#include "harness/util/openssl.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view configuration_sh;
extern const std::string_view fetch_sh;
extern const std::string_view traits_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {

namespace {

constexpr std::size_t longest_traits_file = 256 << 10;  // bytes
constexpr std::size_t own_authorities = 4;  // a file with more is the system's own collection, which many share

void add_trait(std::vector<Fingerprint>& traits, Fingerprint trait) {
  if (!trait.value.empty() && std::ranges::find(traits, trait) == traits.end()) traits.push_back(std::move(trait));
}

void add_authorities(std::vector<Fingerprint>& traits, const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<std::string> digests;
  while (digests.size() <= own_authorities) {
    const CertificatePtr certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    digests.push_back(sha256_of_public_key(*certificate));
  }
  if (digests.size() > own_authorities) return;
  for (auto& digest : digests) add_trait(traits, {FingerprintKind::ca_key, std::move(digest)});
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string traits_script(const BrokerProfile& profile) {
  return fmt::format("{}\n{}{}\nconf={}\nmost={}\n{}", texts::fetch_sh, brokers::driver_of(profile).script(),
                     texts::configuration_sh, shell_quoted(profile.configuration_path), longest_traits_file,
                     texts::traits_sh);
}

std::vector<Fingerprint> parse_traits(const std::string& output) {
  constexpr std::string_view of_password = "password-hash ", of_pem = "pem ";
  std::vector<Fingerprint> traits;
  std::string pem;
  for (std::string_view rest = output; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with(of_password) && is_digest(line.substr(of_password.size())))
      add_trait(traits, {FingerprintKind::password_hash, std::string(line.substr(of_password.size()))});
    if (line.starts_with(of_pem)) pem.append(line.substr(of_pem.size())).append("\n");
    if (line == "authorities") {
      add_authorities(traits, pem);
      pem.clear();
    }
  }
  add_authorities(traits, pem);
  return traits;
}

std::vector<Fingerprint> host_traits(SshBrokerHost& host, const BrokerProfile& profile, const Deadline& deadline) {
  const auto output = host.ask(traits_script(profile), deadline);
  std::vector<Fingerprint> traits;
  add_trait(traits, {FingerprintKind::ssh_host_key, host.host_key()});
  if (!output) return traits;
  for (auto& trait : parse_traits(output->out)) add_trait(traits, std::move(trait));
  return traits;
}

}  // namespace mqtts::remote
