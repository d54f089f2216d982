#include "harness/probes/tls_versions_probe.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "harness/probes/evidence.h"
#include "harness/probes/tls_listener.h"

namespace mqtts::probes {
namespace {

using wire::TlsVersion;

struct VersionsSeen {
  std::vector<TlsVersion> accepted;
  bool all_answered = true;
  bool old_ones_answered = true;
};

bool is_old(TlsVersion version) { return version < TlsVersion::tls_1_2; }

void count_version(VersionsSeen& seen, TlsVersion asked, const Accepted& found) {
  for (const auto& hello : found.hellos)
    if (std::ranges::find(seen.accepted, hello.version) == seen.accepted.end()) seen.accepted.push_back(hello.version);
  // A server answers with the newest version that it speaks, up to that of the hello (RFC 5246 section E.1).
  const bool is_answered = found.complete || !found.hellos.empty();
  seen.all_answered &= is_answered;
  if (is_old(asked)) seen.old_ones_answered &= is_answered;
}

std::vector<std::string> names_of_versions(std::vector<TlsVersion> versions) {
  std::ranges::sort(versions);
  std::vector<std::string> names;
  for (const auto version : versions) names.emplace_back(to_string(version));
  return names;
}

// Shows an old version that is accepted, or that one is not. OpenSSL of today does not speak SSL 3.0.
Evidence version_command(const Client& client, const std::vector<TlsVersion>& old) {
  const bool shows_1_0 = std::ranges::find(old, TlsVersion::tls_1_0) != old.end() &&
                         std::ranges::find(old, TlsVersion::tls_1_1) == old.end();
  return hello_command(client, std::string(shows_1_0 ? "-tls1" : "-tls1_1") + " -cipher ALL:@SECLEVEL=0");
}

Result<Observation> probe_tls_versions(const Attempt& attempt, const Deadline& deadline) {
  VersionsSeen versions;
  auto between = between_sound_hellos(attempt, deadline, [&](TlsListener& listener, Observation& seen) -> Result<void> {
    for (const auto version : wire::all_tls_versions) {
      const auto found = listener.find(version, suites_for(version), 1);
      if (!found) return tl::make_unexpected(found.error());
      seen.evidence.push_back(note(in_words(std::string(to_string(version)), found->last)));
      count_version(versions, version, *found);
    }
    return {};
  });
  if (!between) return tl::make_unexpected(between.error());
  auto& seen = between->seen;
  std::vector<TlsVersion> old;
  std::ranges::copy_if(versions.accepted, std::back_inserter(old), is_old);
  if (!old.empty() || (between->is_sound && versions.old_ones_answered))
    seen.facts["tls.old_versions"] = names_of_versions(old);
  if (between->is_sound && versions.all_answered) seen.facts["tls.versions"] = names_of_versions(versions.accepted);
  seen.evidence.push_back(version_command(attempt.client, old));
  return std::move(seen);
}

}  // namespace

ProbeKind tls_versions_kind() {
  return {.name = "tls_versions",
          .facts = {{"tls.versions", FactType::texts}, {"tls.old_versions", FactType::texts}},
          .run = probe_tls_versions};
}

}  // namespace mqtts::probes
