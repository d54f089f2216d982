// Reports in which every text is an attempt to break a page.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/reports/sample_reports.h"

namespace mqtts::reports::samples {

// Every byte, end tags of every kind, and marks that reorder text.
inline std::string every_danger() {
  std::string text = "</style></title></pre><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"x' ";
  text += "]]><!--&lt;&#0;\u202e\u2066\u2028\ufffe\uffff\xed\xa0\x80${x} javascript:alert(1) ../../x {name}";
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  return text;
}

inline PeerCertificate certificate_of(const std::string& text) { return {text, text, text, text, text, text, text}; }

inline CheckResult check_of(Verdict verdict, const std::string& text) {
  const Message message{text + "{name}", {{"name", text}}};
  const TlsFacts tls{.version = text,
                     .cipher = text,
                     .verified = text,
                     .name_match = text,
                     .chain = std::vector(16, certificate_of(text))};
  return {.id = text,
          .title = {text, text},
          .hint = {text, text},
          .tags = {text},
          .verdict = verdict,
          .max_points = 1,
          .visibility = Visibility::hidden,
          .control = text,
          .changed = text,
          .expected = {{Outcome::refused, By::mqtt, {text}}},
          .observed = Observation{.outcome = Outcome::refused,
                                  .by = By::mqtt,
                                  .code = 5,
                                  .reason = text,
                                  .tls = tls,
                                  .superseded_by = text,
                                  .evidence = {{EvidenceKind::broker_log, text},
                                               {EvidenceKind::reproduce, text},
                                               {EvidenceKind::tls, text},
                                               {EvidenceKind::paho, text},
                                               {EvidenceKind::note, text}}},
          .message = message,
          .withheld = message};
}

inline TargetResult target_of(const std::string& text) {
  const Message message{text, {}};
  TargetResult target{.name = text,
                      .host = text,
                      .broker = text,
                      .broker_doubt = message,
                      .clock_doubt = message,
                      .not_restarted = message,
                      .restored = false,
                      .message = message,
                      .by_hand = {text, text},
                      .score = 1,
                      .max_score = 4,
                      .student = Student{text, text, text, text, text, text, {{text, text}}},
                      .looked_at = text,
                      .late_percent = 10,
                      .penalty = 0.5,
                      .fingerprints = {{FingerprintKind::ssh_host_key, text}}};
  StageResult stage{.id = text,
                    .title = {text, text},
                    .verdict = Verdict::fail,
                    .max_points = 4,
                    .hidden_checks = 2,
                    .started = text,
                    .message = message,
                    .detail = text};
  for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip})
    stage.checks.push_back(check_of(verdict, text));
  target.stages = {stage, stage};
  return target;
}

// A class of two, one of them not graded.
inline Report report_of(const std::string& text) {
  const Message message{text, {}};
  auto graded = target_of(text);
  auto not_graded = graded;
  not_graded.not_graded = message;
  return {.run = {text, text, 1, text, text, {text, text}, text, text, {text}, 3, text, text},
          .targets = {graded, not_graded},
          .summary = ClassSummary{
              .causes = std::vector(20, Cause{message, graded.stages[0].checks[0].observed, {text}, {text}}),
              .copies = {{FingerprintKind::password_hash, text, {text, text}},
                         {FingerprintKind::ca_key, text, {text, "x"}}}}};
}

}  // namespace mqtts::reports::samples
