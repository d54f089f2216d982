#include "harness/probes/tls_ciphers_probe.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "harness/probes/evidence.h"
#include "harness/probes/tls_listener.h"
#include "harness/wire/cipher_suites.h"

namespace mqtts::probes {
namespace {

using wire::TlsVersion;

constexpr auto every_one = std::numeric_limits<std::size_t>::max();

struct CiphersSeen {
  std::vector<wire::ServerHello> weak;  // each suite once
  SuiteNumbers of_tls_1_2;
  bool all_answered = true;
  bool tls_1_2_answered = false;
};

bool is_weak_number(std::uint16_t number) { return wire::is_weak({number, wire::suite_name(number)}); }

void count_suites(CiphersSeen& seen, TlsVersion asked, const Accepted& found) {
  for (const auto& hello : found.hellos)
    if (is_weak_number(hello.suite) &&
        std::ranges::find(seen.weak, hello.suite, &wire::ServerHello::suite) == seen.weak.end())
      seen.weak.push_back(hello);
  seen.all_answered &= found.complete;
  if (asked != TlsVersion::tls_1_2) return;
  seen.of_tls_1_2 = found.of(asked);
  seen.tls_1_2_answered = found.complete;
}

SuiteNumbers suites_of(const std::vector<wire::ServerHello>& hellos) {
  SuiteNumbers numbers;
  for (const auto& hello : hellos) numbers.push_back(hello.suite);
  return numbers;
}

std::string option_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls_1_0: return "-tls1";
    case TlsVersion::tls_1_1: return "-tls1_1";
    case TlsVersion::tls_1_2: return "-tls1_2";
    case TlsVersion::ssl_3:
    case TlsVersion::tls_1_3: break;
  }
  return {};
}

// The first weak suite that the installed OpenSSL can show, or that none of those that it has is accepted.
void add_suite_command(Observation& seen, const Client& client, const std::vector<wire::ServerHello>& weak) {
  if (weak.empty())
    seen.evidence.push_back(
        hello_command(client, "-tls1_2 -cipher aNULL:eNULL:3DES:RC4:DES:IDEA:RC2:MD5:EXPORT:@SECLEVEL=0"));
  for (const auto& hello : weak) {
    const auto name = wire::openssl_suite_name(hello.suite);
    if (name.empty() || option_of(hello.version).empty()) continue;
    seen.evidence.push_back(hello_command(client, option_of(hello.version) + " -cipher " + name + ":@SECLEVEL=0"));
    return;
  }
}

Result<Observation> probe_tls_ciphers(const Attempt& attempt, const Deadline& deadline) {
  CiphersSeen suites;
  auto between = between_sound_hellos(attempt, deadline, [&](TlsListener& listener, Observation& seen) -> Result<void> {
    for (const auto version : wire::all_tls_versions) {
      const auto offered = version == TlsVersion::tls_1_2 ? suites_for(version) : weak_suites_for(version);
      const auto found = listener.find(version, offered, every_one);
      if (!found) return tl::make_unexpected(found.error());
      add_notes(seen, version, *found);
      count_suites(suites, version, *found);
    }
    return {};
  });
  if (!between) return tl::make_unexpected(between.error());
  auto& seen = between->seen;
  if (!suites.weak.empty() || (between->is_sound && suites.all_answered))
    seen.facts["tls.weak_ciphers"] = names_of(suites_of(suites.weak));
  if (between->is_sound && suites.tls_1_2_answered) seen.facts["tls.ciphers"] = names_of(suites.of_tls_1_2);
  add_suite_command(seen, attempt.client, suites.weak);
  return std::move(seen);
}

}  // namespace

ProbeKind tls_ciphers_kind() {
  return {.name = "tls_ciphers",
          .facts = {{"tls.weak_ciphers", FactType::texts}, {"tls.ciphers", FactType::texts}},
          .run = probe_tls_ciphers};
}

}  // namespace mqtts::probes
