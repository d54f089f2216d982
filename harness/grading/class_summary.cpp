#include "harness/grading/class_summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace mqtts::grading {

// Checks with equal reasons have the same cause.
struct Reason {
  std::string check;
  std::string sentence;
  int outcome = -1;
  int by = -1;
  std::string reason;
  auto operator<=>(const Reason&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 is mistaken
};

namespace {

// The observation without its target-specific parts.
std::optional<Observation> common_part(const std::optional<Observation>& seen) {
  if (!seen) return std::nullopt;
  return Observation{.outcome = seen->outcome, .by = seen->by, .code = seen->code, .reason = seen->reason};
}

bool follows_from_its_control(const TargetResult& target, const CheckResult& check) {
  if (check.verdict != Verdict::error || check.control.empty()) return false;
  for (const auto& stage : target.stages) {
    const auto control = std::ranges::find(stage.checks, check.control, &CheckResult::id);
    if (control != stage.checks.end()) return control->verdict != Verdict::pass;
  }
  return false;
}

}  // namespace

// Causes of one check each, in the order of their first occurrence.
class Causes {
 public:
  void add(const TargetResult& target) {
    if (!target.not_graded.empty()) return;  // its own reason is told
    for (const auto& stage : target.stages) {
      for (const auto& check : stage.checks) {
        if (check.verdict == Verdict::pass || follows_from_its_control(target, check)) continue;
        add(target.name, check);
      }
    }
  }

  std::vector<Cause> merged() && {
    std::vector<Cause> causes;
    for (auto& cause : causes_) {
      const auto same = std::ranges::find_if(causes, [&](const Cause& other) {
        return other.targets == cause.targets && other.what.text == cause.what.text && other.observed == cause.observed;
      });
      if (same == causes.end())
        causes.push_back(std::move(cause));
      else
        same->checks.insert(same->checks.end(), cause.checks.begin(), cause.checks.end());
    }
    std::ranges::stable_sort(causes, std::ranges::greater{}, [](const Cause& cause) { return cause.targets.size(); });
    return causes;
  }

 private:
  void add(const std::string& target, const CheckResult& check) {
    Reason reason{.check = check.id, .sentence = check.message.text};
    if (check.observed) {
      reason.outcome = static_cast<int>(check.observed->outcome);
      reason.by = static_cast<int>(check.observed->by);
      reason.reason = check.observed->reason;
    }
    const auto [found, is_new] = places_.emplace(std::move(reason), causes_.size());
    if (is_new) causes_.push_back({check.message, common_part(check.observed), {check.id}, {}});
    causes_[found->second].targets.push_back(target);
  }

  std::map<Reason, std::size_t> places_;
  std::vector<Cause> causes_;
};

class Copies {
 public:
  void add(const TargetResult& target) {
    std::set<std::pair<FingerprintKind, std::string>> told;  // a fingerprint that one target shows twice is not a copy
    for (const auto& fingerprint : target.fingerprints) {
      if (!told.emplace(fingerprint.kind, fingerprint.value).second) continue;
      auto& copy = by_value_[{fingerprint.kind, fingerprint.value}];
      copy.kind = fingerprint.kind;
      copy.value = fingerprint.value;
      copy.targets.push_back(target.name);
    }
  }

  std::vector<SharedFingerprint> all() && {
    std::vector<SharedFingerprint> copies;
    for (auto& [key, copy] : by_value_)
      if (copy.targets.size() > 1) copies.push_back(std::move(copy));
    return copies;
  }

 private:
  std::map<std::pair<FingerprintKind, std::string>, SharedFingerprint> by_value_;
};

ClassSummariser::ClassSummariser() : causes_(std::make_unique<Causes>()), copies_(std::make_unique<Copies>()) {}
ClassSummariser::~ClassSummariser() = default;
ClassSummariser::ClassSummariser(ClassSummariser&&) noexcept = default;

void ClassSummariser::add(const TargetResult& target) {
  causes_->add(target);
  copies_->add(target);
}

ClassSummary ClassSummariser::summary() && { return {std::move(*causes_).merged(), std::move(*copies_).all()}; }

ClassSummary summarise(const std::vector<TargetResult>& targets) {
  ClassSummariser summariser;
  for (const auto& target : targets) summariser.add(target);
  return std::move(summariser).summary();
}

}  // namespace mqtts::grading
