#include "harness/probes/malformed_packets_probe.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/probes/malformed_packets.h"
#include "harness/util/digest.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

// A broker ends a connection at once. One that is still open after the first look is looked at again at the end.
constexpr Clock::duration first_look = std::chrono::milliseconds(150);
constexpr Clock::duration last_look = std::chrono::seconds(2);
constexpr auto pause_before_retry = std::chrono::milliseconds(300);

class Malformed {
 public:
  Malformed(Bystander& bystander, const Deadline& deadline) : bystander_(bystander), deadline_(deadline) {}

  Result<Observation> run() {
    for (const auto& row : malformed_packets()) {
      if (row.version && row.version != bystander_.client().mqtt) continue;
      auto went_on = send(row);
      if (!went_on) return tl::make_unexpected(went_on.error());
      if (!*went_on) break;
    }
    for (auto& [row, link] : open_) settle(*row, link);
    auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    conclude(*after);
    return std::move(bystander_.seen());
  }

 private:
  // False if there is no use in going on.
  Result<bool> send(const MalformedPacket& row) {
    auto link = enter(row);
    if (link && link->state() != LinkState::open) {
      pause_for(pause_before_retry, deadline_);
      link = enter(row);
    }
    if (!link) return tl::make_unexpected(link.error());
    if (link->state() != LinkState::open) {
      all_were_sent_ = false;
      bystander_.seen().evidence.push_back(
          note(msg("{row} was not sent: the connection for it was not served", {{"row", std::string(row.name)}})));
      return link->state() != LinkState::refused && !deadline_.passed();
    }
    wire::Bytes bytes(row.bytes.begin(), row.bytes.end());
    if (row.when == When::after_connack) {
      const auto ping = wire::encode_ping();
      bytes.insert(bytes.end(), ping.begin(), ping.end());
    }
    link->send(bytes, deadline_.within(bystander_.timeout()));
    ++sent_;
    last_ = &row;
    if (bystander_.is_alone())
      settle(row, *link);
    else if (!link->ends_within(first_look, deadline_))
      open_.emplace_back(&row, *std::move(link));
    return !deadline_.passed();
  }

  // Logged in where the row wants it.
  Result<wire::MqttLink> enter(const MalformedPacket& row) {
    if (row.when == When::instead_of_connect) return bystander_.open(deadline_);
    auto guest = bystander_.log_in(row.name, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    if (!guest->answer.accepted()) guest->link.drop();
    return std::move(guest->link);
  }

  void settle(const MalformedPacket& row, wire::MqttLink& link) {
    if (link.ends_within(bystander_.is_alone() || !has_waited_ ? last_look : first_look, deadline_)) return;
    has_waited_ = true;
    kept_open_.emplace_back(row.name);
    bystander_.seen().evidence.push_back(
        note(msg("{row}: {bytes} sent, against {rule}, and the connection stayed open",
                 {{"row", std::string(row.name)}, {"bytes", to_hex(row.bytes)}, {"rule", std::string(row.broken)}})));
  }

  void conclude(After after) {
    auto& seen = bystander_.seen();
    if (after == After::down) {
      seen.facts["packets.survived"] = false;
      if (last_ != nullptr)
        seen.evidence.push_back(
            note(msg("the last malformed packet before that: {row}", {{"row", std::string(last_->name)}})));
    }
    if (after != After::serves || deadline_.passed()) return;
    if (all_were_sent_) seen.facts["packets.survived"] = true;
    if (all_were_sent_ || !kept_open_.empty()) seen.facts["packets.kept_open"] = kept_open_;
    seen.evidence.push_back(
        note(msg("{count} malformed packets were sent, each on a connection of its own, and a "
                 "client that was connected before them was served after them",
                 {{"count", std::to_string(sent_)}})));
  }

  Bystander& bystander_;
  const Deadline& deadline_;
  std::vector<std::pair<const MalformedPacket*, wire::MqttLink>> open_;
  std::vector<std::string> kept_open_;
  const MalformedPacket* last_ = nullptr;
  int sent_ = 0;
  bool all_were_sent_ = true;
  bool has_waited_ = false;  // as long as a broker may take
};

Result<Observation> probe_malformed_packets(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = Malformed(*bystander, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind malformed_packets_kind() {
  return {.name = "malformed_packets",
          .facts = {{"packets.survived", FactType::flag}, {"packets.kept_open", FactType::texts}},
          .needs = {.intrusion = true},
          .run = probe_malformed_packets};
}

}  // namespace mqtts::probes
