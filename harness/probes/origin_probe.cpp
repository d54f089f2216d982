#include "harness/probes/origin_probe.h"

#include <optional>
#include <string>
#include <utility>

#include "harness/probes/evidence.h"
#include "harness/util/message.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {
namespace {

constexpr const char* foreign_origin = "https://stranger.example";  // RFC 2606 section 2
constexpr int rounds = 2;

std::string own_origin(const Client& client) {
  const bool v6 = client.name.find(':') != std::string::npos;
  return (client.tls ? "https://" : "http://") + (v6 ? "[" + client.name + "]" : client.name) + ":" +
         std::to_string(client.port);
}

// A CONNACK was read, whatever it said.
bool speaks_mqtt(const wire::ConnectionFacts& facts) {
  return facts.outcome == Outcome::accepted || (facts.outcome == Outcome::refused && facts.by == By::mqtt) ||
         facts.reason == "not_closed";
}

// Refused for what the client said: not for want of room or time (RFC 9110 sections 15.5.9, RFC 6585 section 4, 15.6).
bool is_turned_away(const wire::ConnectionFacts& facts) {
  if (facts.outcome != Outcome::closed) return false;
  const auto status = facts.http_status;
  return !status || (*status >= 400 && *status < 500 && *status != 408 && *status != 429);
}

class Asking {
 public:
  Asking(const Attempt& attempt, const Deadline& deadline) : attempt_(attempt), deadline_(deadline) {}

  Result<Observation> run() {
    auto control = ask(std::nullopt);
    if (!control) return tl::make_unexpected(control.error());
    if (is_turned_away(*control)) {
      welcome_ = own_origin(attempt_.client);
      control = ask(welcome_);
      if (!control) return tl::make_unexpected(control.error());
    }
    auto seen = to_observation(*control, attempt_.client);
    const auto tell = [&](Message message) { seen.evidence.push_back(note(std::move(message))); };
    if (!speaks_mqtt(*control)) {
      tell(msg("no client without an origin or with the broker's own got an answer: nothing is known of others"));
      return seen;
    }
    for (int round = 0; round < rounds; ++round) {
      const auto foreign = ask(foreign_origin);
      if (!foreign) return tl::make_unexpected(foreign.error());
      tell(msg("a client of a page of {origin}: {seen}", {{"origin", foreign_origin}, {"seen", shown(*foreign)}}));
      if (speaks_mqtt(*foreign)) {
        seen.facts["websocket.foreign_origin_accepted"] = true;
        auto stranger = attempt_.client;
        stranger.origin = foreign_origin;
        seen.evidence.push_back(upgrade_command(stranger));
        return seen;
      }
      const auto again = ask(welcome_);
      if (!again) return tl::make_unexpected(again.error());
      if (!is_turned_away(*foreign) || !speaks_mqtt(*again)) {
        tell(msg("the client that was answered before: {seen}", {{"seen", shown(*again)}}));
        return seen;
      }
    }
    seen.facts["websocket.foreign_origin_accepted"] = false;
    return seen;
  }

 private:
  Result<wire::ConnectionFacts> ask(const std::optional<std::string>& origin) {
    auto client = attempt_.client;
    client.origin = origin;
    if (!client.seed.empty()) client.seed = derive(client.seed, "origin " + std::to_string(++count_));
    return wire::probe_connection(client, deadline_.within(attempt_.timeout));
  }

  static std::string shown(const wire::ConnectionFacts& facts) {
    return summary(facts) + (facts.http_status ? ", HTTP status " + std::to_string(*facts.http_status) : "");
  }

  const Attempt& attempt_;
  const Deadline& deadline_;
  std::optional<std::string> welcome_;  // the origin of the control; none: it names none
  int count_ = 0;
};

Result<Observation> probe_origin(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  if (!attempt.client.websocket)
    return failure(ErrorKind::local, msg("only a WebSocket listener knows origins, and port {port} is none here",
                                         {{"port", std::to_string(attempt.client.port)}}));
  auto seen = Asking(attempt, deadline).run();
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace

ProbeKind websocket_origin_kind() {
  return {.name = "websocket_origin",
          .facts = {{"websocket.foreign_origin_accepted", FactType::flag}},
          .run = probe_origin};
}

}  // namespace mqtts::probes
