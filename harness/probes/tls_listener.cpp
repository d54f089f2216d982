#include "harness/probes/tls_listener.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/wire/cipher_suites.h"

namespace mqtts::probes {
namespace {

using wire::HelloAnswer;
using wire::TlsVersion;

// Some servers read no more of a hello (wolfSSL: 150).
constexpr std::size_t most_suites_of_a_hello = 100;

constexpr std::size_t most_suites_of_a_note = 12;

// A busy machine drops connections in bursts.
constexpr auto pause_before_next_hello = std::chrono::milliseconds(250);

// Alerts of RFC 8446 section 6.2. The first three refuse what a hello offers, and nothing else of it; the last one says
// that the server cannot do what it has chosen, if it says so each time.
enum HelloAlert {
  handshake_failure = 40,
  protocol_version = 70,
  insufficient_security = 71,
  internal_error = 80
};

bool refuses_suites(const HelloAnswer& answer) {
  return answer.by == By::tls_peer && (answer.code == handshake_failure || answer.code == insufficient_security);
}

bool refuses_version(const HelloAnswer& answer) { return answer.by == By::tls_peer && answer.code == protocol_version; }

bool is_internal_error(const HelloAnswer& answer) { return answer.by == By::tls_peer && answer.code == internal_error; }

// More of them come from a server that fails, whatever it is asked.
constexpr int most_internal_errors = 100;

// Those that servers of today choose from: no usable server refuses all of them.
constexpr auto sound_suites = std::to_array<std::uint16_t>(
    {0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC02B, 0xC02F, 0xC0AD, 0xC0AC, 0x009F, 0xCCAA, 0x009E, 0xC024, 0xC028,
     0xC023, 0xC027, 0xC00A, 0xC014, 0xC009, 0xC013, 0x006B, 0x0067, 0x0039, 0x0033, 0x009D, 0x009C, 0x003D,
     0x003C, 0x0035, 0x002F, 0xD002, 0xD001, 0xCCAC, 0xCCAD, 0x00AB, 0x00AA, 0xCCAB, 0x00A9, 0x00A8, 0xC036,
     0xC035, 0x0091, 0x0090, 0x00AF, 0x00AE, 0x008D, 0x008C, 0xC087, 0xC073, 0x0088, 0x0084});

// How the keys are agreed on, and who signs: a server that cannot do what it has chosen refuses all of a hello (tried:
// OpenSSL 3.0 at its security level, which lacks signatures for TLS 1.1). So suites of two groups are never in one.
enum class KeyExchange {
  ecdhe,
  dhe,
  fixed,  // by a key of RSA, or another one in a certificate
  shared_secret,
  anonymous
};

KeyExchange key_exchange_of(std::uint16_t suite) {
  const auto name = wire::suite_name(suite);
  const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
  if (has("anon")) return KeyExchange::anonymous;
  if (has("PSK") || has("SRP")) return KeyExchange::shared_secret;
  if (has("_ECDHE_")) return KeyExchange::ecdhe;
  return has("_DHE_") ? KeyExchange::dhe : KeyExchange::fixed;
}

// In the order in which they are to be offered.
std::deque<SuiteNumbers> hellos_for(const SuiteNumbers& suites) {
  std::deque<SuiteNumbers> all;
  for (const auto exchange :
       {KeyExchange::ecdhe, KeyExchange::dhe, KeyExchange::fixed, KeyExchange::shared_secret, KeyExchange::anonymous}) {
    SuiteNumbers group;
    for (const auto suite : suites) {
      if (key_exchange_of(suite) != exchange) continue;
      group.push_back(suite);
      if (group.size() == most_suites_of_a_hello) all.push_back(std::exchange(group, {}));
    }
    if (!group.empty()) all.push_back(std::move(group));
  }
  return all;
}

SuiteNumbers numbers_of(std::span<const wire::CipherSuite> suites) {
  SuiteNumbers numbers;
  for (const auto& suite : suites) numbers.push_back(suite.number);
  return numbers;
}

}  // namespace

SuiteNumbers suites_for(TlsVersion version) {
  return numbers_of(version == TlsVersion::tls_1_3 ? wire::suites_of_tls_1_3() : wire::suites_to_tls_1_2());
}

SuiteNumbers weak_suites_for(TlsVersion version) {
  SuiteNumbers numbers;
  for (const auto& suite : version == TlsVersion::tls_1_3 ? wire::suites_of_tls_1_3() : wire::suites_to_tls_1_2())
    if (is_weak(suite)) numbers.push_back(suite.number);
  return numbers;
}

SuiteNumbers Accepted::of(TlsVersion version) const {
  SuiteNumbers numbers;
  for (const auto& hello : hellos)
    if (hello.version == version) numbers.push_back(hello.suite);
  return numbers;
}

Result<HelloAnswer> TlsListener::say(const wire::ClientHello& hello) {
  auto answer = wire::say_hello(client_, hello, deadline_.within(timeout_));
  const bool is_lost = answer && (answer->outcome == Outcome::closed ||
                                  (answer->outcome == Outcome::refused && answer->by == By::network));
  if (!is_lost || deadline_.passed()) return answer;
  pause_for(pause_before_next_hello, deadline_);
  return wire::say_hello(client_, hello, deadline_.within(timeout_));
}

Result<HelloAnswer> TlsListener::say_sound_hello() {
  auto suites = suites_for(TlsVersion::tls_1_3);
  suites.insert(suites.end(), sound_suites.begin(), sound_suites.end());
  const wire::ClientHello both{.versions = {TlsVersion::tls_1_3, TlsVersion::tls_1_2}, .suites = suites};
  const wire::ClientHello older{.versions = {TlsVersion::tls_1_2}, .suites = suites};
  if (sound_) return say(*sound_);
  auto answer = say(both);
  if (!answer || answer->by != By::tls_peer) {
    sound_ = both;
    return answer;
  }
  auto second = say(older);
  if (!second) return second;
  sound_ = second->hello ? older : both;
  return second->hello ? second : answer;
}

Result<Accepted> TlsListener::find(TlsVersion version, const SuiteNumbers& suites, std::size_t most) {
  Accepted found;
  wire::ClientHello hello{.versions = {version}};
  // SSL 3.0 knows no extensions (RFC 6101 section 5.6.1.2); some of its servers read them, and some want none.
  const std::vector<bool> ways = version == TlsVersion::ssl_3 ? std::vector{false, true} : std::vector{true};
  for (const bool extensions : ways) {
    hello.extensions = extensions;
    found.complete = false;
    if (auto asked = find_among(suites, hello, most, found); !asked) return tl::make_unexpected(asked.error());
    if (!found.complete || !found.knows_version || !found.hellos.empty()) break;
  }
  return found;
}

Result<void> TlsListener::find_among(const SuiteNumbers& suites, wire::ClientHello hello, std::size_t most,
                                     Accepted& found) {
  int internal_errors = 0;
  for (auto left = hellos_for(suites); !left.empty();) {
    if (found.hellos.size() >= most) return {};
    hello.suites = std::move(left.front());
    left.pop_front();
    auto answer = say(hello);
    if (!answer) return tl::make_unexpected(answer.error());
    found.last = std::move(*answer);
    if (found.last.hello) {
      found.hellos.push_back(*found.last.hello);
      std::erase(hello.suites, found.last.hello->suite);
      if (!hello.suites.empty()) left.push_front(hello.suites);
      continue;
    }
    // One that speaks a version does not refuse it.
    if (refuses_version(found.last) && found.of(hello.versions.front()).empty()) {
      found.knows_version = false;
      found.complete = true;
      return {};
    }
    if (refuses_suites(found.last)) continue;
    if (!is_internal_error(found.last) || ++internal_errors > most_internal_errors) return {};
    // Of the suite that it has chosen; the others are still to be asked for.
    if (hello.suites.size() > 1) {
      const auto middle = hello.suites.begin() + static_cast<std::ptrdiff_t>(hello.suites.size() / 2);
      left.emplace_front(middle, hello.suites.end());
      left.emplace_front(hello.suites.begin(), middle);
      continue;
    }
    answer = say(hello);
    if (!answer) return tl::make_unexpected(answer.error());
    if (!is_internal_error(*answer)) return {};
  }
  found.complete = true;
  return {};
}

namespace {

void end_with(Observation& seen, const HelloAnswer& sound) {
  seen.outcome = sound.outcome;
  seen.by = sound.by;
  seen.code = sound.code;
  seen.reason = sound.reason;
  seen.evidence.push_back(note(in_words("TLSv1.3, TLSv1.2", sound)));
}

}  // namespace

Result<BetweenHellos> between_sound_hellos(const Attempt& attempt, const Deadline& deadline,
                                           const std::function<Result<void>(TlsListener&, Observation&)>& ask) {
  const auto start = Clock::now();
  TlsListener listener(attempt.client, attempt.timeout, deadline);
  BetweenHellos all;
  const auto before = listener.say_sound_hello();
  if (!before) return tl::make_unexpected(before.error());
  end_with(all.seen, *before);
  if (before->outcome != Outcome::timeout && before->by != By::network) {
    if (auto asked = ask(listener, all.seen); !asked) return tl::make_unexpected(asked.error());
    const auto after = listener.say_sound_hello();
    if (!after) return tl::make_unexpected(after.error());
    if (before->hello) end_with(all.seen, *after);
    all.is_sound = before->hello && after->hello;
  }
  all.seen.seconds = seconds_since(start);
  return all;
}

Message in_words(const std::string& what, const HelloAnswer& answer) {
  if (answer.hello)
    return msg("{what}: answered with {version} and {suite}",
               {{"what", what},
                {"version", std::string(to_string(answer.hello->version))},
                {"suite", wire::suite_name(answer.hello->suite)}});
  if (answer.by == By::tls_peer)
    return msg("{what}: refused by the TLS alert {reason}", {{"what", what}, {"reason", answer.reason}});
  if (answer.outcome == Outcome::closed)
    return msg("{what}: the connection was closed without an alert, which does not say why", {{"what", what}});
  if (answer.outcome == Outcome::garbled)
    return msg("{what}: an answer that is not TLS ({detail})", {{"what", what}, {"detail", answer.detail}});
  if (answer.outcome == Outcome::timeout) return msg("{what}: no answer in time", {{"what", what}});
  return msg("{what}: no connection ({reason})", {{"what", what}, {"reason", answer.reason}});
}

void add_notes(Observation& seen, TlsVersion version, const Accepted& found) {
  const std::string what(to_string(version));
  auto suites = names_of(found.of(version));
  const auto count = suites.size();
  suites.resize(std::min(count, most_suites_of_a_note));
  const std::map<std::string, std::string> args = {
      {"what", what}, {"count", std::to_string(count)}, {"suites", fmt::format("{}", fmt::join(suites, ", "))}};
  if (count > most_suites_of_a_note)
    seen.evidence.push_back(note(msg("{what}: accepted {count} cipher suites, of which the first are {suites}", args)));
  else if (count > 0)
    seen.evidence.push_back(note(msg("{what}: accepted {suites}", args)));
  if (count > 0 && found.last.by == By::tls_peer)
    seen.evidence.push_back(note(
        msg("{what}: refused the others by the TLS alert {reason}", {{"what", what}, {"reason", found.last.reason}})));
  else if (count == 0 || !found.last.hello)
    seen.evidence.push_back(note(in_words(what, found.last)));
}

std::vector<std::string> names_of(const SuiteNumbers& suites) {
  std::vector<std::string> names;
  for (const auto number : suites) names.push_back(wire::suite_name(number));
  return names;
}

}  // namespace mqtts::probes
