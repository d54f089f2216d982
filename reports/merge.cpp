#include "reports/merge.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace mqtts::reports {
namespace {

// ISO 8601 times in UTC sort alphabetically.
const std::string& when(const TargetResult& target, const RunInfo& run) {
  return target.looked_at.empty() ? run.started : target.looked_at;
}

class Merger {
 public:
  void add(Source source) {
    auto& run = source.report.run;
    if (run.plan_sha256 != runs_.front().second.plan_sha256) other_plan(source.name, run);
    for (auto& target : source.report.targets) add(std::move(target), run, source.name);
  }

  explicit Merger(const std::vector<Source>& sources) {
    for (const auto& source : sources) runs_.emplace_back(source.name, source.report.run);
  }

  Merged finish() {
    const auto by_start = [](const auto& a, const auto& b) { return a.second.started < b.second.started; };
    const auto& first = std::ranges::min_element(runs_, by_start)->second;
    auto& run = merged_.report.run = std::max_element(runs_.begin(), runs_.end(), by_start)->second;
    run.started = first.started;
    for (const auto& [name, other] : runs_) {
      run.seconds = std::max(run.seconds, other.seconds);
      if (other.seed != run.seed) run.seed.clear();
    }
    bring_into_order();
    return std::move(merged_);
  }

 private:
  void other_plan(const std::string& name, const RunInfo& run) {
    merged_.doubts.push_back(
        run.plan == runs_.front().second.plan
            ? msg("{file} is of another version of the plan {plan} than {first}",
                  {{"file", name}, {"plan", run.plan}, {"first", runs_.front().first}})
            : msg("{file} is of the plan {plan}, and {first} of {other}", {{"file", name},
                                                                           {"plan", run.plan},
                                                                           {"first", runs_.front().first},
                                                                           {"other", runs_.front().second.plan}}));
  }

  void add(TargetResult target, const RunInfo& run, const std::string& name) {
    auto& targets = merged_.report.targets;
    const auto [place, is_new] =
        places_.try_emplace(target.name, Seen{targets.size(), when(target, run), name, target.not_graded.empty()});
    if (is_new) {
      targets.push_back(std::move(target));
      return;
    }
    auto& seen = place->second;
    const bool has_mark = target.not_graded.empty();
    const bool wins = has_mark == seen.has_mark ? when(target, run) >= seen.when : has_mark;
    merged_.doubts.push_back(
        msg("{target} is in {one} and in {other}; {winner} counts",
            {{"target", target.name}, {"one", seen.file}, {"other", name}, {"winner", wins ? name : seen.file}}));
    if (!wins) return;
    seen.when = when(target, run);
    seen.file = name;
    seen.has_mark = has_mark;
    targets[seen.index] = std::move(target);
  }

  // Sorts parts of one class by roster row. Several classes, with equal rows, stay one after another.
  void bring_into_order() {
    auto& targets = merged_.report.targets;
    std::set<int> rows{0};
    if (std::ranges::all_of(targets, [&](const auto& target) { return rows.insert(target.row).second; }))
      std::ranges::sort(targets, {}, &TargetResult::row);
  }

  struct Seen {
    std::size_t index;
    std::string when;
    std::string file;
    bool has_mark;
  };

  std::vector<std::pair<std::string, RunInfo>> runs_;
  std::map<std::string, Seen> places_;
  Merged merged_;
};

}  // namespace

Merged merge(std::vector<Source> sources) {
  if (sources.size() == 1) return {std::move(sources.front().report), {}};
  Merger merger(sources);
  for (auto& source : sources) merger.add(std::move(source));
  return merger.finish();
}

}  // namespace mqtts::reports
