#include "reports/cases.h"

#include <algorithm>
#include <utility>

#include "reports/describe.h"
#include "reports/junit_text.h"

namespace mqtts::reports {
namespace {

Case case_of(const CheckResult& check, const StageResult& stage, const Translator& tr) {
  auto message = tr(check.message);
  if (message.empty()) message = tr(describe(check.verdict));
  auto body = junit_body(check, tr);
  if (!check.observed && !stage.detail.empty()) body += '\n' + stage.detail + '\n';
  return {check.id, check.verdict, check.seconds, junit_type(check), std::move(message), std::move(body), &check};
}

// A case for an error outside every check.
Case trouble(std::string id, std::string message, std::string body) {
  if (body.empty()) body = message;
  return {std::move(id), Verdict::error, 0, "harness.error", std::move(message), std::move(body)};
}

Suite suite_of(const StageResult& stage, const Translator& tr) {
  Suite suite{stage.id, tr(stage.title), stage.started, stage.seconds, {}};
  for (const auto& check : stage.checks) suite.cases.push_back(case_of(check, stage, tr));
  const bool shows_trouble = suite.count(Verdict::error) + suite.count(Verdict::fail) > 0;
  if (!shows_trouble && (stage.verdict == Verdict::error || stage.verdict == Verdict::fail)) {
    auto message = stage.message.empty() ? tr(msg("the stage was not judged")) : tr(stage.message);
    suite.cases.push_back(trouble("stage-applied", std::move(message), stage.detail));
  }
  return suite;
}

// Errors that affect the exit code but belong to no check; without cases if there are none.
Suite suite_of_troubles(const TargetResult& target, const Translator& tr, bool has_cases) {
  Suite suite{.id = "harness"};
  auto message = tr(target.message.empty() ? target.not_graded : target.message);
  if (target.restored == false) {
    message = message.empty() ? tr(msg("the broker was not put back as it was"))
                              : tr(msg("the broker was not put back as it was: {why}", {{"why", message}}));
    std::string by_hand;
    for (const auto& line : target.by_hand) by_hand += line + '\n';
    suite.cases.push_back(trouble("broker-restored", std::move(message), std::move(by_hand)));
  } else if (!message.empty() || !has_cases) {
    if (message.empty()) message = tr(msg("nothing was judged"));
    suite.cases.push_back(trouble("target-judged", std::move(message), {}));
  }
  return suite;
}

}  // namespace

std::size_t Suite::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(cases, verdict, &Case::verdict));
}

std::vector<Suite> suites_of(const TargetResult& target, const Translator& tr) {
  std::vector<Suite> suites;
  for (const auto& stage : target.stages)
    if (auto suite = suite_of(stage, tr); !suite.cases.empty()) suites.push_back(std::move(suite));
  if (auto suite = suite_of_troubles(target, tr, !suites.empty()); !suite.cases.empty())
    suites.push_back(std::move(suite));
  return suites;
}

std::size_t count(const std::vector<Suite>& suites, Verdict verdict) {
  std::size_t all = 0;
  for (const auto& suite : suites) all += suite.count(verdict);
  return all;
}

bool has_score(const TargetResult& target) { return target.not_graded.empty() && !target.stages.empty(); }

Message why_no_score(const TargetResult& target) {
  if (has_score(target)) return {};
  if (!target.not_graded.empty()) return target.not_graded;
  return target.message.empty() ? msg("nothing was judged") : target.message;
}

}  // namespace mqtts::reports
