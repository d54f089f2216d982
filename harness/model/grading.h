// Marks: what a plan says of them, and what is known of whom they are given to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqtts {

// May a student see this check in a report?
enum class Visibility {
  visible,
  after_due,  // once the due date has passed
  hidden,     // never; its points count all the same
};

// How much a student is told of a check that did not pass.
enum class FailureDetail {
  full,    // what was expected, what was seen, the evidence, the hint
  actual,  // what was seen, and no more
  none,    // the verdict alone
};

// What a stage of which some checks hold is worth.
enum class Credit {
  partial,         // the points of the checks that hold
  all_or_nothing,  // nothing, unless all of its checks hold (bonus checks apart)
};

std::string_view to_string(Visibility);     // "visible", "after-due", "hidden"
std::string_view to_string(FailureDetail);  // "full", "actual", "none"
std::string_view to_string(Credit);         // "partial", "all"
std::optional<Visibility> visibility_from(std::string_view);
std::optional<FailureDetail> failure_detail_from(std::string_view);
std::optional<Credit> credit_from(std::string_view);

// What being late costs: a share of what was earned, for each day begun after the due date and the grace.
struct LateRule {
  double percent_per_day = 0;  // 0 to 100
  double most_percent = 100;   // 0 to 100
  int grace_minutes = 0;
};

// What a plan says of marks as a whole.
struct GradingSpec {
  std::string due;  // ISO 8601, UTC, "2026-12-01T17:00:00Z"; empty: there is no due date
  LateRule late;
  Visibility visibility = Visibility::visible;  // of checks that do not say it themselves
  FailureDetail detail = FailureDetail::full;   // likewise
};

// A row of the roster.
struct Student {
  std::string id;  // also a folder's name: letters, digits, "._-"
  std::string name;
  std::string email;
  std::string target;                                          // as the roster writes it: a URL or a path
  std::string due;                                             // ISO 8601, UTC; empty: the plan's
  std::string submitted;                                       // ISO 8601, UTC; empty: when it was looked at
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

// Something of a student's broker that no two students should share. Never the thing itself: of a key or a hash only
// its digest.
struct Fingerprint {
  FingerprintKind kind{};
  std::string value;  // equal values mean a copy
  bool operator==(const Fingerprint&) const = default;
};

// What several students share.
struct SharedFingerprint {
  FingerprintKind kind{};
  std::string value;
  std::vector<std::string> targets;  // two or more, in the report's order
  bool operator==(const SharedFingerprint&) const = default;
};

}  // namespace mqtts
