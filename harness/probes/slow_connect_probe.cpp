#include "harness/probes/slow_connect_probe.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr std::size_t usual_slow_seconds = 100;
constexpr int most_slow_seconds = 600;
constexpr Clock::duration glance = std::chrono::milliseconds(50);
constexpr Clock::duration between_pings = std::chrono::seconds(15);

enum class Slowness {
  silent,
  byte_by_byte,
  without_tls
};

Message fate_of(Slowness slowness, bool has_ended, double after) {
  const std::map<std::string, std::string> args{{"seconds", std::to_string(static_cast<long>(after + 0.5))}};
  switch (slowness) {
    case Slowness::silent:
      return has_ended ? msg("a connection that says nothing was ended after {seconds} s", args)
                       : msg("a connection that says nothing was still open after {seconds} s", args);
    case Slowness::byte_by_byte:
      return has_ended ? msg("a CONNECT that comes byte by byte was ended after {seconds} s", args)
                       : msg("a CONNECT that comes byte by byte was still waited for after {seconds} s", args);
    case Slowness::without_tls: break;
  }
  return has_ended ? msg("a connection that does not begin TLS was ended after {seconds} s", args)
                   : msg("a connection that does not begin TLS was still open after {seconds} s", args);
}

struct SlowClient {
  Slowness slowness{};
  wire::MqttLink link;
  wire::Bytes bytes = {};  // it sends one after the other
  std::size_t sent = 0;
  std::optional<double> ended = {};  // seconds after the start
};

class SlowConnect {
 public:
  SlowConnect(Bystander& bystander, double span, const Deadline& deadline)
      : bystander_(bystander), span_(span), deadline_(deadline) {}

  Result<Observation> run() {
    auto came = enter();
    if (!came) return tl::make_unexpected(came.error());
    if (*came) {
      start_ = Clock::now();
      wait();
    }
    const double waited = *came ? seconds_since(start_) : 0;
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    if (*came) conclude(waited, *after);
    return std::move(bystander_.seen());
  }

 private:
  Result<bool> enter() {
    auto silent = bystander_.open(deadline_);
    if (!silent) return tl::make_unexpected(silent.error());
    auto slow = bystander_.open(deadline_);
    if (!slow) return tl::make_unexpected(slow.error());
    const auto connect = wire::encode_connect(
        wire::connect_packet_of(bystander_.client(), wire::client_id_for(bystander_.client(), "slow")));
    if (!connect) return tl::make_unexpected(connect.error());
    clients_.push_back({Slowness::silent, *std::move(silent)});
    clients_.push_back({Slowness::byte_by_byte, *std::move(slow), *connect});
    if (bystander_.client().tls) {
      auto plain = wire::MqttLink::open_tcp(bystander_.client(), deadline_.within(bystander_.timeout()));
      if (!plain) return tl::make_unexpected(plain.error());
      clients_.push_back({Slowness::without_tls, *std::move(plain)});
    }
    return std::ranges::all_of(clients_, [](const SlowClient& each) { return each.link.state() == LinkState::open; });
  }

  void wait() {
    auto next_ping = start_ + between_pings;
    while (seconds_since(start_) < span_ && !deadline_.passed() && !all_have_ended()) {
      for (auto& each : clients_) {
        if (each.ended) continue;
        drip(each);
        if (each.link.ends_within(glance, deadline_)) each.ended = seconds_since(start_);
      }
      if (Clock::now() < next_ping) continue;
      next_ping += between_pings;
      bystander_.answers(deadline_);  // keeps it alive
    }
  }

  // So many bytes that the last one would follow at the end.
  void drip(SlowClient& client) const {
    if (client.bytes.empty()) return;
    const auto due = static_cast<std::size_t>(seconds_since(start_) / span_ * static_cast<double>(client.bytes.size()));
    const auto until = std::min(due + 1, client.bytes.size() - 1);
    if (until <= client.sent) return;
    client.link.send(std::span(client.bytes).subspan(client.sent, until - client.sent),
                     deadline_.within(bystander_.timeout()));
    client.sent = until;
  }

  bool all_have_ended() const {
    return std::ranges::all_of(clients_, [](const SlowClient& each) { return each.ended.has_value(); });
  }

  void conclude(double waited, After after) {
    auto& seen = bystander_.seen();
    for (const auto& each : clients_)
      seen.evidence.push_back(note(fate_of(each.slowness, each.ended.has_value(), each.ended.value_or(waited))));
    if (after != After::serves) return;
    if (all_have_ended()) {
      double longest = 0;
      for (const auto& each : clients_) longest = std::max(longest, *each.ended);
      seen.facts["slow.dropped_after_seconds"] = longest;
      seen.facts["slow.kept_open"] = false;
    } else if (waited >= span_) {
      seen.facts["slow.kept_open"] = true;
    }
  }

  Bystander& bystander_;
  const double span_;
  const Deadline& deadline_;
  Clock::time_point start_;
  std::vector<SlowClient> clients_;
};

Result<Observation> probe_slow_connect(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  const auto span = static_cast<double>(std::max<std::size_t>(number_of(attempt, "seconds", usual_slow_seconds), 1));
  auto seen = SlowConnect(*bystander, span, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind slow_connect_kind() {
  return {.name = "slow_connect",
          .parameters = {{"seconds", ProbeParameter::Type::number, false, most_slow_seconds}},
          .facts = {{"slow.dropped_after_seconds", FactType::number}, {"slow.kept_open", FactType::flag}},
          .needs = {.intrusion = true},
          .run = probe_slow_connect};
}

}  // namespace mqtts::probes
