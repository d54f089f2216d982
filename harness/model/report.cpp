#include "harness/model/report.h"

#include <algorithm>
#include <cmath>

#include "harness/model/plan.h"
#include "harness/model/words.h"
#include "harness/util/name_table.h"

namespace mqtts {
namespace {

using namespace std::string_view_literals;

constexpr std::array verdicts = {std::pair(Verdict::pass, "pass"sv), std::pair(Verdict::fail, "fail"sv),
                                 std::pair(Verdict::error, "error"sv), std::pair(Verdict::skip, "skip"sv)};

constexpr std::array outcomes = {std::pair(Outcome::accepted, "accepted"sv), std::pair(Outcome::refused, "refused"sv),
                                 std::pair(Outcome::closed, "closed"sv),     std::pair(Outcome::denied, "denied"sv),
                                 std::pair(Outcome::timeout, "timeout"sv),   std::pair(Outcome::garbled, "garbled"sv)};

constexpr std::array parties = {std::pair(By::broker, "broker"sv), std::pair(By::mqtt, "mqtt"sv),
                                std::pair(By::tls_peer, "tls-peer"sv), std::pair(By::tls_self, "tls-self"sv),
                                std::pair(By::network, "network"sv)};

constexpr std::array layers = {std::pair(Layer::none, "none"sv),     std::pair(Layer::network, "network"sv),
                               std::pair(Layer::server, "server"sv), std::pair(Layer::tls, "tls"sv),
                               std::pair(Layer::mqtt, "mqtt"sv),     std::pair(Layer::action, "action"sv)};

constexpr std::array severities = {std::pair(Severity::info, "info"sv), std::pair(Severity::low, "low"sv),
                                   std::pair(Severity::medium, "medium"sv), std::pair(Severity::high, "high"sv),
                                   std::pair(Severity::critical, "critical"sv)};

constexpr std::array configurations = {std::pair(Configuration::unknown, "unknown"sv),
                                       std::pair(Configuration::applied, "applied"sv),
                                       std::pair(Configuration::as_it_stands, "as-found"sv)};

constexpr std::array evidence_kinds = {std::pair(EvidenceKind::broker_log, "broker-log"sv),
                                       std::pair(EvidenceKind::paho, "paho"sv), std::pair(EvidenceKind::tls, "tls"sv),
                                       std::pair(EvidenceKind::reproduce, "reproduce"sv),
                                       std::pair(EvidenceKind::note, "note"sv)};

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::skip: return 0;
    case Verdict::pass: return 1;
    case Verdict::error: return 2;
    case Verdict::fail: return 3;
  }
  return 3;
}

}  // namespace

std::string_view to_string(Verdict verdict) { return name_of(verdicts, verdict); }
std::optional<Verdict> verdict_from(std::string_view name) { return find_name(verdicts, name); }
std::string_view to_string(Outcome outcome) { return name_of(outcomes, outcome); }
std::optional<Outcome> outcome_from(std::string_view name) { return find_name(outcomes, name); }
std::string_view to_string(By by) { return name_of(parties, by); }
std::optional<By> by_from(std::string_view name) { return find_name(parties, name); }

std::string_view to_string(Layer layer) { return name_of(layers, layer); }
std::optional<Layer> layer_from(std::string_view name) { return find_name(layers, name); }
std::string_view to_string(EvidenceKind kind) { return name_of(evidence_kinds, kind); }
std::optional<EvidenceKind> evidence_kind_from(std::string_view name) { return find_name(evidence_kinds, name); }

std::string_view to_string(Severity severity) { return name_of(severities, severity); }
std::optional<Severity> severity_from(std::string_view name) { return find_name(severities, name); }

std::string_view to_string(Configuration configuration) { return name_of(configurations, configuration); }
std::optional<Configuration> configuration_from(std::string_view name) { return find_name(configurations, name); }

template <>
std::vector<std::string> all_words<Verdict>() {
  return names_in(verdicts);
}
template <>
std::vector<std::string> all_words<Outcome>() {
  return names_in(outcomes);
}
template <>
std::vector<std::string> all_words<By>() {
  return names_in(parties);
}
template <>
std::vector<std::string> all_words<Layer>() {
  return names_in(layers);
}
template <>
std::vector<std::string> all_words<EvidenceKind>() {
  return names_in(evidence_kinds);
}
template <>
std::vector<std::string> all_words<Severity>() {
  return names_in(severities);
}
template <>
std::vector<std::string> all_words<Configuration>() {
  return names_in(configurations);
}

Late settle(Observation& seen) {
  if (seen.late == nullptr) return Late::nothing;
  const auto late = seen.late->wait();
  seen.late.reset();
  if (late == Late::nothing) return late;
  seen.by = By::broker;
  seen.code.reset();
  seen.reason.clear();
  seen.facts.erase("delivery.denial");
  if (late == Late::came) {
    seen.outcome = Outcome::accepted;
    seen.facts["delivery.received"] = true;
    seen.evidence.push_back(note(msg("the message came after its sentinel, and late")));
  } else {
    seen.outcome = Outcome::closed;
    seen.facts.erase("delivery.received");
    seen.evidence.push_back(note(msg("the reader's connection was lost while it waited for the message")));
  }
  return late;
}

bool matches(const Expected& wanted, const Observation& seen) {
  if (wanted.reached) return layer_of(seen) >= *wanted.reached;
  // SUBACK or PUBACK refused, and a sentinel has proven it.
  const bool is_refusal_of_an_action = wanted.outcome == Outcome::refused && wanted.by == By::mqtt &&
                                       seen.outcome == Outcome::denied && seen.by == By::mqtt;
  return (wanted.outcome == seen.outcome || is_refusal_of_an_action) && wanted.by == seen.by &&
         (wanted.reasons.empty() || std::ranges::find(wanted.reasons, seen.reason) != wanted.reasons.end());
}

bool asks_for_a_layer(const std::vector<Expected>& expected) {
  return std::ranges::any_of(expected, [](const Expected& it) { return it.reached.has_value(); });
}

bool asks_for_facts_alone(const std::vector<Expected>& expected) {
  return std::ranges::any_of(expected, [](const Expected& it) { return it.reached == Layer::none; });
}

namespace {

// An alert that refuses the client comes from a TLS server; what ends without one may be anybody who holds the
// certificate's key, and no broker.
Layer layer_refused_by_peer(const Observation& seen) {
  const bool is_verified = seen.tls && seen.tls->verified == "ok" && seen.tls->key_proven;
  return is_verified ? Layer::server : Layer::network;
}

}  // namespace

Layer layer_of(const Observation& seen) {
  switch (seen.outcome) {
    case Outcome::accepted: return Layer::action;
    case Outcome::denied: return Layer::mqtt;
    case Outcome::refused:
      if (seen.by == By::mqtt) return Layer::tls;
      if (seen.by == By::tls_peer) return layer_refused_by_peer(seen);
      return seen.by == By::network ? Layer::none : Layer::network;
    case Outcome::closed: return seen.reason == "one_client_at_a_time" ? Layer::mqtt : Layer::network;
    case Outcome::garbled: return seen.reason == "payload_altered" ? Layer::action : Layer::network;
    // Nobody answered in time; all reasons but this one say that somebody took the TCP connection.
    case Outcome::timeout:
      if (seen.reason == "not_delivered") return Layer::mqtt;
      return seen.reason == "timed_out" ? Layer::none : Layer::network;
  }
  return Layer::none;
}

Layer barrier_of(const Expected& wanted) {
  if (wanted.outcome == Outcome::denied) return Layer::action;
  switch (wanted.by) {
    case By::network: return Layer::network;
    case By::tls_self: return Layer::server;
    case By::tls_peer: return Layer::tls;
    case By::mqtt:
    case By::broker: return Layer::mqtt;
  }
  return Layer::mqtt;
}

Layer needed_of_control(const CheckSpec& check) {
  if (check.acts) return Layer::action;
  auto needed = Layer::none;
  for (const auto& wanted : check.expected) needed = std::max(needed, barrier_of(wanted));
  return needed == Layer::network ? Layer::tls : needed;
}

const std::vector<FactKind>& connection_facts() {
  using enum FactType;
  static const std::vector<FactKind> all = {{"outcome", text},
                                            {"by", text},
                                            {"reason", text},
                                            {"code", number},
                                            {"tls.version", text},
                                            {"tls.cipher", text},
                                            {"tls.certificate_requested", flag},
                                            {"tls.certificate_in_time", flag},
                                            {"certificate.subject", text},
                                            {"certificate.issuer", text},
                                            {"certificate.not_before", text},
                                            {"certificate.not_after", text},
                                            {"certificate.name_match", text},
                                            {"certificate.verified", text},
                                            {"certificate.key_proven", flag},
                                            {"certificate.dates_valid", flag},
                                            {"certificate.days_left", number},
                                            {"certificate.days_until_valid", number},
                                            {"certificate.key_type", text},
                                            {"certificate.key_bits", number},
                                            {"certificate.strength_bits", number},
                                            {"certificate.signature", text},
                                            {"certificate.signature_digest_bits", number},
                                            {"certificate.signature_weak", flag},
                                            {"certificate.serves", flag},
                                            {"certificate.is_ca", flag},
                                            {"certificate.name_valid", flag},
                                            {"certificate.name_in", text},
                                            {"certificate.names", texts},
                                            {"client.foreign_certificate", flag}};
  return all;
}

Facts facts_of(const Observation& seen) {
  auto facts = seen.facts;
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) facts.emplace(name, text);
  };
  put("outcome", std::string(to_string(seen.outcome)));
  put("by", std::string(to_string(seen.by)));
  put("reason", seen.reason);
  if (seen.code) facts.emplace("code", static_cast<double>(*seen.code));
  if (!seen.tls || seen.tls->version.empty()) return facts;
  put("tls.version", seen.tls->version);
  put("tls.cipher", seen.tls->cipher);
  facts.emplace("tls.certificate_requested", seen.tls->certificate_requested);
  if (seen.tls->certificate_in_time) facts.emplace("tls.certificate_in_time", *seen.tls->certificate_in_time);
  put("certificate.name_match", seen.tls->name_match);
  put("certificate.verified", seen.tls->verified);
  facts.emplace("certificate.key_proven", seen.tls->key_proven);
  facts.insert(seen.tls->certificate.begin(), seen.tls->certificate.end());
  if (seen.tls->chain.empty()) return facts;
  const auto& leaf = seen.tls->chain.front();
  put("certificate.subject", leaf.subject);
  put("certificate.issuer", leaf.issuer);
  put("certificate.not_before", leaf.not_before);
  put("certificate.not_after", leaf.not_after);
  return facts;
}

bool is_audit(const RunInfo& run) { return run.plan == "audit"; }

Verdict worst(Verdict a, Verdict b) { return rank(a) < rank(b) ? b : a; }

Verdict verdict_of(const std::vector<CheckResult>& checks) {
  auto verdict = Verdict::skip;
  for (const auto& check : checks) verdict = worst(verdict, check.verdict);
  return verdict;
}

double to_hundredths(double points) { return std::round(points * 100) / 100; }

void add_up(TargetResult& target) {
  target.score = 0;
  target.max_score = 0;
  for (auto& stage : target.stages) {
    stage.points = 0;
    stage.max_points = 0;
    for (const auto& check : stage.checks) {
      stage.points += check.points;
      if (!check.bonus) stage.max_points += check.max_points;
    }
    target.score += stage.points;
    target.max_score += stage.max_points;
  }
  target.score = std::max(0.0, to_hundredths(target.score - target.penalty));
}

namespace {

// Any score counts as graded, even 0.
int class_exit_code(const Report& report) {
  return std::ranges::all_of(report.targets, [](const TargetResult& target) { return target.not_graded.empty(); }) ? 0
                                                                                                                   : 3;
}

}  // namespace

int exit_code(const Report& report) {
  if (report.summary) return class_exit_code(report);
  bool failed = false;
  bool unjudged = false;
  const auto count = [&](Verdict verdict) {
    failed = failed || verdict == Verdict::fail;
    unjudged = unjudged || verdict == Verdict::error || verdict == Verdict::skip;
  };
  for (const auto& target : report.targets) {
    if (target.restored == false) return 4;
    if (!target.message.empty()) count(Verdict::error);
    for (const auto& stage : target.stages) {
      count(stage.verdict);
      for (const auto& check : stage.checks) count(check.verdict);
    }
  }
  return failed ? 1 : unjudged ? 3 : 0;
}

}  // namespace mqtts
