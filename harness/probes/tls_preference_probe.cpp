#include "harness/probes/tls_preference_probe.h"

#include <algorithm>
#include <optional>
#include <string>

#include "harness/probes/evidence.h"
#include "harness/probes/tls_listener.h"
#include "harness/util/shell_quote.h"
#include "harness/wire/cipher_suites.h"

namespace mqtts::probes {
namespace {

using wire::TlsVersion;

constexpr std::size_t most_compared = 16;
constexpr int times_each_order = 2;  // one that chooses at random has no preference

struct Choice {
  TlsVersion version{};
  std::optional<bool> by_server;
  bool is_none = false;   // fewer than two suites are accepted, or none of that version
  SuiteNumbers suites{};  // that were compared
};

// The suite that is chosen each time; none if that differs, or there is no answer.
Result<std::optional<std::uint16_t>> chosen_suite(TlsListener& listener, TlsVersion version, const SuiteNumbers& suites,
                                                  Observation& seen) {
  std::optional<std::uint16_t> chosen;
  for (int i = 0; i < times_each_order; ++i) {
    const auto answer = listener.say({.versions = {version}, .suites = suites});
    if (!answer) return tl::make_unexpected(answer.error());
    if (!answer->hello || answer->hello->version != version) return std::nullopt;
    if (chosen && *chosen != answer->hello->suite) return std::nullopt;
    chosen = answer->hello->suite;
  }
  seen.evidence.push_back(note(msg("{version}: of the suites from {first} to {last}, {suite} was chosen",
                                   {{"version", std::string(to_string(version))},
                                    {"first", wire::suite_name(suites.front())},
                                    {"last", wire::suite_name(suites.back())},
                                    {"suite", wire::suite_name(*chosen)}})));
  return chosen;
}

Result<Choice> compare_orders(TlsListener& listener, TlsVersion version, Observation& seen) {
  Choice choice{.version = version};
  const auto found = listener.find(version, suites_for(version), most_compared);
  if (!found) return tl::make_unexpected(found.error());
  choice.suites = found->of(version);
  if (choice.suites.size() < 2) {
    choice.is_none = found->complete;
    add_notes(seen, version, *found);
    return choice;
  }
  const auto one = chosen_suite(listener, version, choice.suites, seen);
  if (!one) return tl::make_unexpected(one.error());
  auto reversed = choice.suites;
  std::ranges::reverse(reversed);
  const auto other = chosen_suite(listener, version, reversed, seen);
  if (!other) return tl::make_unexpected(other.error());
  if (*one && *other) choice.by_server = **one == **other;
  return choice;
}

// Prints the suite of each order.
void add_order_command(Observation& seen, const Client& client, const Choice& choice) {
  if (choice.version != TlsVersion::tls_1_2 || choice.suites.size() < 2) return;
  const auto first = wire::openssl_suite_name(choice.suites.front());
  const auto last = wire::openssl_suite_name(choice.suites.back());
  if (first.empty() || last.empty()) return;
  for (const auto& order : {first + ":" + last, last + ":" + first})
    seen.evidence.push_back(hello_command(client, "-tls1_2 -cipher " + shell_word(order + ":@SECLEVEL=0")));
}

Result<Observation> probe_tls_preference(const Attempt& attempt, const Deadline& deadline) {
  bool by_server = false;
  bool by_client = false;
  bool is_known = true;
  Choice of_1_2;
  auto between = between_sound_hellos(attempt, deadline, [&](TlsListener& listener, Observation& seen) -> Result<void> {
    for (const auto version : {TlsVersion::tls_1_3, TlsVersion::tls_1_2}) {
      const auto choice = compare_orders(listener, version, seen);
      if (!choice) return tl::make_unexpected(choice.error());
      by_server |= choice->by_server == true;
      by_client |= choice->by_server == false;
      is_known &= choice->is_none || choice->by_server.has_value();
      of_1_2 = *choice;
    }
    return {};
  });
  if (!between) return tl::make_unexpected(between.error());
  auto& seen = between->seen;
  if (by_client) seen.facts["tls.server_preference"] = false;
  if (!by_client && by_server && is_known && between->is_sound) seen.facts["tls.server_preference"] = true;
  add_order_command(seen, attempt.client, of_1_2);
  return std::move(seen);
}

}  // namespace

ProbeKind tls_preference_kind() {
  return {.name = "tls_preference", .facts = {{"tls.server_preference", FactType::flag}}, .run = probe_tls_preference};
}

}  // namespace mqtts::probes
