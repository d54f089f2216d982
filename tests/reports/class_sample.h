// Sample results of a class, in known states and of any size, made from a real plan.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/model/plan.h"
#include "harness/model/report.h"

namespace mqtts::reports::samples {

// A flaw of a student's broker.
struct Flaw {
  std::size_t stages = 99;           // number of completed stages; later ones fail
  std::vector<std::string> failing;  // ids of checks that accept forbidden clients
  bool is_down = false;
};

inline const std::vector<Flaw>& flaws() {
  static const std::vector<Flaw> all = {
      {},
      {},
      {.failing = {"anonymous-rejected"}},
      {.stages = 3},
      {},
      {.failing = {"cleartext-listener-closed"}},
      {.stages = 2},
      {.failing = {"missing-client-certificate-rejected"}},
      {},
      {.failing = {"mtls-wrong-password-rejected", "wrong-password-rejected", "unknown-user-rejected"}},
      {.stages = 1},
      {},
      {.is_down = true},
  };
  return all;
}

inline Observation as_expected(const CheckSpec& check) {
  const auto& wanted = check.expected.front();
  Observation seen{.outcome = wanted.outcome, .by = wanted.by, .seconds = 0.02};
  if (wanted.outcome == Outcome::refused && wanted.by == By::network) {
    seen.code = 111;
    seen.reason = "connection_refused";
  } else if (wanted.outcome == Outcome::refused) {
    seen.reason = wanted.reasons.empty() ? "" : wanted.reasons.front();
    seen.code = wanted.by == By::mqtt ? 5 : seen.reason == "unknown_ca" ? 48 : wanted.by == By::tls_self ? 19 : 116;
  }
  return seen;
}

inline TlsFacts lab_tls(const std::string& address) {
  return {.version = "TLSv1.3",
          .cipher = "TLS_AES_256_GCM_SHA384",
          .certificate_requested = true,
          .certificate_sent = true,
          .verified = "ok",
          .name_match = "commonName",
          .chain = {{.subject = fmt::format("CN={},L=PARIS,C=FR", address),
                     .issuer = "CN=Lab CA,L=PARIS,C=FR",
                     .serial = "5c0a1e77f2b94d1093a8c4e0d6b7",
                     .sha256 = "9b1c2d3e4f5061728394a5b6c7d8e9f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
                     .not_before = "2026-11-20T09:02:11Z",
                     .not_after = "2027-11-15T09:02:11Z"},
                    {.subject = "CN=Lab CA,L=PARIS,C=FR",
                     .issuer = "CN=Lab CA,L=PARIS,C=FR",
                     .serial = "2f0c6f1e9b7d5a3c8e1f",
                     .sha256 = "0f1e2d3c4b5a69788796a5b4c3d2e1f09b1c2d3e4f5061728394a5b6c7d8e9f0",
                     .not_before = "2026-11-20T09:01:40Z",
                     .not_after = "2031-11-25T09:01:40Z"}}};
}

inline CheckResult result_of(const CheckSpec& check, const Flaw& flaw, bool is_built, const std::string& address) {
  CheckResult result{
      .id = check.id,
      .title = check.title,
      .hint = check.hint,
      .tags = check.tags,
      .verdict = Verdict::pass,
      .seconds = 0.03,
      .points = check.points,
      .max_points = check.points,
      .control = check.control,
      .changed = check.changed,
      .expected = check.expected,
      .observed = as_expected(check),
      .message = check.is_negative() ? msg("refused, for the right reason") : msg("let in, as it should be")};
  auto& seen = *result.observed;
  const auto pub = fmt::format(
      "mosquitto_pub -h {} -p 8883 -V mqttv311 --cafile ca.crt --cert client.crt --key "
      "client.key -u userclient -P \"$PASSWORD\" -q 1 -t your/topic -m hello",
      address);
  seen.tls = lab_tls(address);
  seen.evidence = {{EvidenceKind::tls, "TLSv1.3 TLS_AES_256_GCM_SHA384; client certificate requested: yes, sent: yes"},
                   {EvidenceKind::paho, "accepted"},
                   {EvidenceKind::reproduce, pub}};
  const bool is_weak = std::ranges::find(flaw.failing, check.id) != flaw.failing.end();
  if (!flaw.is_down && is_built && !is_weak) return result;

  result.points = 0;
  result.verdict = Verdict::fail;
  if (flaw.is_down) {
    seen = {.outcome = Outcome::refused, .by = By::network, .code = 111, .reason = "connection_refused"};
    seen.evidence = {{EvidenceKind::reproduce, pub}};
    result.message = msg("nothing answers, and the host says that the broker is not running");
    if (!check.is_negative()) return result;
    result.verdict = Verdict::error;
    result.message =
        msg("a refusal proves nothing here: {control}, which must be let in, was not", {{"control", check.control}});
    return result;
  }
  if (check.is_negative()) {
    seen = {.outcome = Outcome::accepted, .by = By::broker, .tls = lab_tls(address), .evidence = seen.evidence};
    seen.evidence.push_back({EvidenceKind::broker_log,
                             "2026-11-24T14:02:07: New connection from 192.0.2.10:50412 on port 8883.\n"
                             "2026-11-24T14:02:07: New client connected from 192.0.2.10:50412 as mqtts-5f1c (p2, c1, "
                             "k60).\n2026-11-24T14:02:07: No will message specified.\n"
                             "2026-11-24T14:02:07: Sending CONNACK to mqtts-5f1c (0, 0)\n"});
    result.message = msg("a client that should be refused was let in");
    return result;
  }
  seen.outcome = Outcome::accepted;
  result.message = msg("let in, but so was {witness}: the broker does not look",
                       {{"witness", check.id == "valid-mtls-accepted" ? "missing-client-certificate-rejected"
                                                                      : "wrong-password-rejected"}});
  return result;
}

inline StageResult result_of(const StageSpec& stage, const Flaw& flaw, bool is_built, const std::string& address) {
  StageResult result{.id = stage.id,
                     .title = stage.title,
                     .verdict = Verdict::skip,
                     .seconds = 0.4,
                     .started = "2026-11-24T14:02:06Z"};
  for (const auto& check : stage.checks) {
    result.checks.push_back(result_of(check, flaw, is_built, address));
    result.verdict = worst(result.verdict, result.checks.back().verdict);
    result.points += result.checks.back().points;
    result.max_points += check.points;
  }
  return result;
}

inline std::string a_name(std::size_t i) {
  static constexpr std::array first = {"Ada",    "Blaise", "Émilie", "Évariste", "Grace",      "Alan", "Hedy",
                                       "Maryam", "Joseph", "Sophie", "Henri",    "Marguerite", "Léa",  "Noé",
                                       "Inès",   "Hugo",   "Zoé",    "Étienne",  "Camille"};
  static constexpr std::array last = {"Lovelace", "Pascal",     "du Châtelet", "Galois",  "Hopper",   "Turing",
                                      "Lamarr",   "Mirzakhani", "Fourier",     "Germain", "Poincaré", "Perey",
                                      "Dubois",   "N’Guyen",    "Le Goff",     "Moreau",  "O’Brien"};
  return fmt::format("{} {}", first.at(i % first.size()), last.at(i % last.size()));
}

inline TargetResult a_student(const Plan& plan, std::size_t i) {
  const auto id = fmt::format("s{:03}", i + 1);
  const auto address = fmt::format("192.0.2.{}", i % 250 + 2);
  const auto& flaw = flaws()[i % flaws().size()];
  TargetResult result{.name = id,
                      .host = address,
                      .broker = "mosquitto 2.0.11",
                      .student = Student{.id = id,
                                         .name = a_name(i),
                                         .email = id + "@example.org",
                                         .target = "ssh://grader@" + address,
                                         .submitted = i % 17 == 7 ? "2026-11-24T17:40:00Z" : "2026-11-23T09:12:00Z"},
                      .looked_at = "2026-11-24T14:02:06Z"};
  if (i % 23 == 15) {
    result.not_graded = msg("nothing answers: the broker may be down, or a firewall may stand between");
    return result;
  }
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    result.stages.push_back(result_of(plan.stages[stage], flaw, stage < flaw.stages, address));
    result.score += result.stages.back().points;
    result.max_score += result.stages.back().max_points;
  }
  if (i % 17 == 7) {
    result.late_percent = 10;
    result.penalty = result.score / 10;
    result.score -= result.penalty;
  }
  return result;
}

// Approximates grading::summarise, for sample pages.
inline ClassSummary a_summary(const Report& report) {
  ClassSummary summary;
  for (const auto& target : report.targets) {
    for (const auto& stage : target.stages) {
      for (const auto& check : stage.checks) {
        if (check.verdict != Verdict::fail) continue;
        const auto same = std::ranges::find_if(summary.causes, [&](const Cause& cause) {
          return cause.what.text == check.message.text && cause.checks.front() == check.id;
        });
        if (same != summary.causes.end()) {
          same->targets.push_back(target.name);
          continue;
        }
        auto seen = check.observed;
        if (seen) seen = Observation{seen->outcome, seen->by, seen->code, seen->reason};
        summary.causes.push_back({check.message, seen, {check.id}, {target.name}});
      }
    }
  }
  std::ranges::stable_sort(summary.causes, std::ranges::greater{},
                           [](const Cause& cause) { return cause.targets.size(); });
  if (report.targets.size() < 12) return summary;
  const auto name = [&](std::size_t i) { return report.targets[i].name; };
  summary.copies = {
      {FingerprintKind::ssh_host_key, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", {name(1), name(4)}},
      {FingerprintKind::ca_key, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", {name(1), name(4)}},
      {FingerprintKind::certificate_serial, "5c0a1e77f2b94d1093a8c4e0d6b7", {name(1), name(4)}},
      {FingerprintKind::certificate_serial, "01", {name(2), name(5), name(9)}},
      {FingerprintKind::password_hash,
       "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
       {name(0), name(8)}}};
  return summary;
}

inline Report class_of(const Plan& plan, std::size_t students) {
  Report report{.run = {.id = "20261124-140200-class",
                        .started = "2026-11-24T14:02:00Z",
                        .seconds = 41.7,
                        .tool = "mqtts-harness 0.1.0",
                        .plan = plan.name,
                        .plan_title = plan.title,
                        .plan_sha256 = plan.sha256,
                        .command = {"grade", "mqtts-lab", "--roster", "class.csv", "--out", "marks"},
                        .seed = "00112233445566778899aabbccddeeff",
                        .due = "2026-11-23T22:59:00Z"}};
  for (std::size_t i = 0; i < students; ++i) report.targets.push_back(a_student(plan, i));
  report.summary = a_summary(report);
  return report;
}

}  // namespace mqtts::reports::samples
