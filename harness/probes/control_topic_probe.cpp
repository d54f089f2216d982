#include "harness/probes/control_topic_probe.h"

#include <chrono>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "harness/probes/bystander.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/dynamic_security.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr int not_authorized = 0x87;
constexpr Clock::duration shortest_wait_for_order = std::chrono::seconds(1);

std::string order_of(const std::string& command, const std::string& name) {
  return nlohmann::json{{"commands", {{{"command", command}, {"rolename", name}, {"correlationData", name}}}}}.dump();
}

class Ordering {
 public:
  Ordering(const Attempt& attempt, Entry client, const Deadline& deadline)
      : attempt_(attempt),
        client_(std::move(client)),
        role_("mqtts-harness-" + to_hex(wire::random_bytes(8, attempt.client.seed, "role"))),
        deadline_(deadline) {}

  Result<Observation> run() {
    const auto role = attempt_.others.find("administrator");
    if (role == attempt_.others.end()) return without_administrator();
    auto entry = enter(role->second, attempt_.timeout, deadline_);
    if (!entry) return tl::make_unexpected(entry.error());
    if (!entry->paho) {
      tell(msg("the administrator was not let in"));
      return without_administrator();
    }
    return beside(*entry->paho);
  }

 private:
  enum class Said {
    nothing,
    carried_out,
    refused  // by PUBACK
  };

  Deadline time() const { return deadline_.within(attempt_.timeout); }
  void tell(Message what) { client_.seen.evidence.push_back(note(std::move(what))); }

  Observation found(bool answered) {
    client_.seen.facts["control.answered"] = answered;
    return std::move(client_.seen);
  }

  // What the client hears of its order.
  Said order(const std::string& text, Clock::duration wait) {
    static_cast<void>(client_.paho->subscribe(answer_topic, time(), 1));
    const auto answer = client_.paho->publish({order_topic, text, 1}, time());
    if (answer.outcome == wire::PahoOutcome::refused && answer.code == not_authorized) return Said::refused;
    const auto until = deadline_.within(wait);
    while (const auto message = client_.paho->next_message(until, wire::Retained::take))
      if (message->find(role_) != std::string::npos) return Said::carried_out;
    return Said::nothing;
  }

  // An order that changes nothing.
  Result<Observation> without_administrator() {
    switch (order(order_of("getRole", role_), attempt_.timeout)) {
      case Said::carried_out:
        tell(msg("the broker answered this client's order on {topic}", {{"topic", order_topic}}));
        return found(true);
      case Said::refused:
        tell(msg("the order on {topic} was refused by PUBACK with 135 (not_authorized)", {{"topic", order_topic}}));
        return found(false);
      case Said::nothing: break;
    }
    return failure(ErrorKind::missing_material,
                   msg("the broker did not answer on {topic}: only the account of an administrator, whom it obeys, could "
                       "show whether it obeys others",
                       {{"topic", order_topic}}));
  }

  // The client orders that a role be made, and the administrator looks whether it was: a client that may not read the
  // answers may be obeyed all the same (Mosquitto 2.0.11 and 2.1.2).
  Result<Observation> beside(wire::PahoClient& client) {
    SecurityOrders administrator(client, attempt_.timeout);
    const auto control = role_ + "-control";
    const bool obeyed = administrator.carry_out(order_of("createRole", control), deadline_).empty() &&
                        administrator.carry_out(order_of("getRole", control), deadline_).empty();
    const bool undone = administrator.carry_out(order_of("deleteRole", control), deadline_).empty();
    if (!obeyed || !undone) {
      tell(msg("the broker did not carry out the administrator's order on {topic}", {{"topic", order_topic}}));
      return without_administrator();
    }
    const auto said = order(order_of("createRole", role_), shortest_wait_for_order);
    const bool is_made = administrator.carry_out(order_of("getRole", role_), deadline_).empty();
    if (is_made || said == Said::carried_out) {
      static_cast<void>(administrator.carry_out(order_of("deleteRole", role_), deadline_));
      tell(msg("the broker carried out this client's order on {topic}", {{"topic", order_topic}}));
      return found(true);
    }
    // The administrator is obeyed still, and the client was there to be heard.
    const bool still_obeyed = administrator.carry_out(order_of("createRole", control), deadline_).empty();
    static_cast<void>(administrator.carry_out(order_of("deleteRole", control), deadline_));
    if (!still_obeyed || deadline_.passed() || (client_.paho->lost() && said != Said::refused))
      return std::move(client_.seen);
    tell(msg("the broker carried out the administrator's orders on {topic}, and not this client's",
             {{"topic", order_topic}}));
    return found(false);
  }

  const Attempt& attempt_;
  Entry client_;
  const std::string role_;
  const Deadline& deadline_;
};

Result<Observation> probe_control_topic(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  auto seen = Ordering(attempt, *std::move(client), deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind control_topic_kind() {
  return {.name = "control_topic",
          .roles = {"administrator"},
          .facts = {{"control.answered", FactType::flag}},
          .run = probe_control_topic};
}

}  // namespace mqtts::probes
