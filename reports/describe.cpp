#include "reports/describe.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace mqtts::reports {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

// The reason and its code, "not_authorized (5)"; empty if neither is known.
std::string what_was_said(const Observation& seen) {
  if (!seen.code) return seen.reason;
  return seen.reason.empty() ? std::to_string(*seen.code) : fmt::format("{} ({})", seen.reason, *seen.code);
}

Message refused_without_reason(By by) {
  switch (by) {
    case By::broker: return msg("refused by the broker");
    case By::mqtt: return msg("refused by the broker at MQTT");
    case By::tls_peer: return msg("refused by the peer's TLS alert");
    case By::tls_self: return msg("refused by our own TLS");
    case By::network: return msg("nothing listens there");
  }
  return {};
}

Message refused(By by, const std::string& reason) {
  if (reason.empty()) return refused_without_reason(by);
  switch (by) {
    case By::broker: return msg("refused by the broker: {reason}", {{"reason", reason}});
    case By::mqtt: return msg("refused by the broker at MQTT: {reason}", {{"reason", reason}});
    case By::tls_peer: return msg("refused by the peer's TLS alert: {reason}", {{"reason", reason}});
    case By::tls_self: return msg("refused by our own TLS: {reason}", {{"reason", reason}});
    case By::network:
      return reason == "connection_refused" ? msg("nothing listens there: {reason}", {{"reason", reason}})
                                            : msg("not reachable: {reason}", {{"reason", reason}});
  }
  return {};
}

// The complete text of an outcome; none for a refusal.
std::optional<Message> plain(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return msg("accepted");
    case Outcome::closed: return msg("connection closed without a code");
    case Outcome::denied: return msg("connected, but the action was not carried out");
    case Outcome::timeout: return msg("no answer in time");
    case Outcome::garbled: return msg("an answer that is not the protocol");
    case Outcome::refused: break;
  }
  return std::nullopt;
}

}  // namespace

static Message reached(Layer layer) {
  switch (layer) {
    case Layer::none:
    case Layer::network: return msg("an answer, whatever it is");
    case Layer::server: return msg("a server certificate that the client trusts");
    case Layer::tls: return msg("an answer in MQTT, whatever it is");
    case Layer::mqtt:
    case Layer::action: break;
  }
  return msg("accepted");
}

Message describe(const Observation& seen) {
  if (seen.reason == "payload_altered") return msg("a message that came back altered");
  if (seen.outcome == Outcome::timeout && seen.reason == "timed_out")
    return msg("nothing answers there: filtered, or not reachable");
  if (auto said = plain(seen.outcome)) return *std::move(said);
  if (seen.by == By::tls_peer && seen.code) {
    return msg("refused by the peer's TLS alert {code} {reason}",
               {{"code", std::to_string(*seen.code)}, {"reason", seen.reason}});
  }
  return refused(seen.by, what_was_said(seen));
}

// Of facts alone, whatever became of the client.
static Message facts_of_it(const std::vector<Predicate>& facts) {
  std::vector<std::string> names;
  for (const auto& predicate : facts)
    if (std::ranges::find(names, predicate.fact) == names.end()) names.push_back(predicate.fact);
  return msg("{facts} as demanded", {{"facts", joined(names, ", ")}});
}

Message describe(const Expected& wanted) {
  if (wanted.reached == Layer::none) return facts_of_it(wanted.facts);
  if (wanted.reached) return reached(*wanted.reached);
  if (auto said = plain(wanted.outcome)) return *std::move(said);
  return refused(wanted.by, joined(wanted.reasons, " / "));
}

std::string describe(const std::vector<Expected>& wanted, const Translator& tr) {
  std::string all;
  for (const auto& one : wanted) {
    const auto text = tr(describe(one));
    all = all.empty() ? text : tr(msg("{one} or {other}", {{"one", all}, {"other", text}}));
  }
  return all;
}

Message describe(Severity severity) {
  switch (severity) {
    case Severity::info: return msg("info");
    case Severity::low: return msg("low");
    case Severity::medium: return msg("medium");
    case Severity::high: return msg("high");
    case Severity::critical: return msg("critical");
  }
  return {};
}

Message meaning_of_grade(const TargetResult& target) {
  const auto& grade = target.grade;
  if (grade == "A") return msg("nothing that was tried is weak");
  if (grade == "B" && target.remedies.empty())
    return msg("nothing that was tried is weak, but not all was tried that anybody would try first");
  if (grade == "B") return msg("no weakness above low severity");
  if (grade == "C") return msg("a weakness of medium severity");
  if (grade == "D") return msg("a weakness of high severity");
  if (grade == "E") return msg("several weaknesses of high severity");
  return msg("a critical weakness: anybody gets in, or reads what is secret");
}

std::vector<NotMade> not_made(const TargetResult& target, const Translator& tr) {
  std::vector<NotMade> all;
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks) {
      if (check.verdict != Verdict::skip) continue;
      const auto reason = tr(check.message);
      auto row = std::ranges::find(all, reason, &NotMade::reason);
      if (row == all.end()) row = all.insert(row, {reason, {}});
      row->checks.push_back(check.id);
    }
  return all;
}

Message describe(Configuration configuration) {
  switch (configuration) {
    case Configuration::applied: return msg("judged: the plan's own configuration, applied by the harness");
    case Configuration::as_it_stands: return msg("judged: the broker as it stands");
    case Configuration::unknown: break;
  }
  return {};
}

std::string set_aside(const Observation& seen, const Translator& tr) {
  constexpr std::string_view account = "account ";
  std::string all;
  for (const auto& word : seen.set_aside) {
    auto text = word;
    if (word == "server-name")
      text = tr(msg("the server's name was not compared"));
    else if (word == "certificate")
      text = tr(msg("another certificate of the CA was presented"));
    else if (word.starts_with(account))
      text = tr(msg("another account logged in for {account}", {{"account", word.substr(account.size())}}));
    all += (all.empty() ? "" : "; ") + text;
  }
  return all;
}

std::string advice_text(const Advice& advice, const Translator& tr) {
  return advice.message.empty() ? tr(advice.hint) : tr(advice.message);
}

std::string evidence_text(const Evidence& evidence, const Translator& tr) {
  return evidence.message.empty() ? evidence.text : tr(evidence.message);
}

std::vector<Message> doubts_about(const TargetResult& target) {
  std::vector<Message> doubts{target.broker_doubt, target.clock_doubt};
  if (!next_step(target)) doubts.push_back(target.not_restarted);
  std::erase_if(doubts, [](const Message& doubt) { return doubt.empty(); });
  return doubts;
}

Message describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return msg("pass");
    case Verdict::fail: return msg("fail");
    case Verdict::error: return msg("error");
    case Verdict::skip: return msg("skip");
  }
  return {};
}

Message describe_copy(FingerprintKind kind) {
  switch (kind) {
    case FingerprintKind::ssh_host_key: return msg("the same SSH host key");
    case FingerprintKind::ca_key: return msg("the same key of the CA");
    case FingerprintKind::server_key: return msg("the same key of the server");
    case FingerprintKind::certificate_serial: return msg("certificates of the same serial number");
    case FingerprintKind::password_hash: return msg("the same entry in the password file");
  }
  return {};
}

}  // namespace mqtts::reports
