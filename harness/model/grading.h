// Grading data: the plan's grading rules, the students and their brokers' fingerprints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqtts {

// When a student may see this check in a report.
enum class Visibility {
  visible,
  after_due,  // after the due date
  hidden,     // never; its points still count
};

// What a student sees of a check that did not pass.
enum class FailureDetail {
  full,    // expected and observed values, the evidence, the hint
  actual,  // the observed value only
  none,    // the verdict only
};

// How the points of a stage's passed checks count.
enum class Credit {
  partial,         // each passed check earns its points
  all_or_nothing,  // nothing unless all of its checks pass (bonus checks apart)
};

std::string_view to_string(Visibility);     // "visible", "after-due", "hidden"
std::string_view to_string(FailureDetail);  // "full", "actual", "none"
std::string_view to_string(Credit);         // "partial", "all"
std::optional<Visibility> visibility_from(std::string_view);
std::optional<FailureDetail> failure_detail_from(std::string_view);
std::optional<Credit> credit_from(std::string_view);

// Late penalty: a share of the earned points for each day begun after the due date plus the grace period.
struct LateRule {
  double percent_per_day = 0;  // 0 to 100
  double most_percent = 100;   // 0 to 100
  int grace_minutes = 0;
};

// A plan's grading rules.
struct GradingSpec {
  std::string due;  // ISO 8601, UTC, "2026-12-01T17:00:00Z"; empty: no due date
  LateRule late;
  Visibility visibility = Visibility::visible;  // default for checks
  FailureDetail detail = FailureDetail::full;   // default for checks
  // With --observe: a mistake that one check answers for is set aside where it would keep others from being judged.
  bool carried_forward = true;
};

// One row of the roster.
struct Student {
  std::string id;  // also a folder name: letters, digits, "._-"
  std::string name;
  std::string email;
  std::string target;                                          // as written in the roster: a URL or a path
  std::string due;                                             // ISO 8601, UTC; empty: the plan's due date
  std::string submitted;                                       // ISO 8601, UTC; empty: the time of grading
  std::vector<std::pair<std::string, std::string>> columns{};  // all other columns, in the roster's order
  bool operator==(const Student&) const = default;
};

// In the order in which reports list them.
enum class FingerprintKind {
  ssh_host_key,
  ca_key,
  server_key,
  certificate_serial,
  password_hash,  // of a line of the password file
};

std::string_view to_string(FingerprintKind);  // "ssh-host-key"
std::optional<FingerprintKind> fingerprint_kind_from(std::string_view);

// A property of a student's broker that no two students should share. Of a key or a password hash it holds only the
// digest.
struct Fingerprint {
  FingerprintKind kind{};
  std::string value;  // equal values indicate a copy
  bool operator==(const Fingerprint&) const = default;
};

// A fingerprint that several students share.
struct SharedFingerprint {
  FingerprintKind kind{};
  std::string value;
  std::vector<std::string> targets;  // two or more, in the report's order
  bool operator==(const SharedFingerprint&) const = default;
};

}  // namespace mqtts
