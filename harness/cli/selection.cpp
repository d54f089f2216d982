#include "harness/cli/selection.h"

#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

namespace mqtts::cli {
namespace {

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

bool has_any(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::ranges::any_of(some, [&](const std::string& one) { return has(all, one); });
}

constexpr std::pair<std::string_view, std::vector<std::string> Selection::*> flags[] = {
    {"--stage=", &Selection::stages},
    {"--check=", &Selection::checks},
    {"--tag=", &Selection::tags},
    {"--skip-tag=", &Selection::skipped_tags},
};

}  // namespace

bool Selection::wants(const StageSpec& stage) const { return stages.empty() || has(stages, stage.id); }

bool Selection::wants(const CheckSpec& check) const {
  const bool named = checks.empty() || std::ranges::any_of(checks, [&](const std::string& glob) {
                       return fnmatch(glob.c_str(), check.id.c_str(), 0) == 0;
                     });
  return named && (tags.empty() || has_any(check.tags, tags)) && !has_any(check.tags, skipped_tags);
}

std::vector<std::string> to_texts(const Selection& selection) {
  std::vector<std::string> texts;
  for (const auto& [flag, values] : flags)
    for (const auto& value : selection.*values) texts.push_back(std::string(flag) + value);
  return texts;
}

Selection selection_from(const std::vector<std::string>& texts) {
  Selection selection;
  for (const auto& text : texts)
    for (const auto& [flag, values] : flags)
      if (text.starts_with(flag)) (selection.*values).push_back(text.substr(flag.size()));
  return selection;
}

Plan selected_part(Plan plan, const Selection& selection) {
  if (selection.wants_all()) return plan;
  std::map<std::string, const CheckSpec*> by_id;
  std::set<std::string> kept, selected;
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks) {
      by_id[check.id] = &check;
      if (selection.wants(stage) && selection.wants(check)) selected.insert(check.id);
    }
  const std::function<void(const std::string&)> keep = [&](const std::string& id) {
    const auto found = by_id.find(id);
    if (found == by_id.end() || !kept.insert(id).second) return;
    if (!found->second->control.empty()) keep(found->second->control);
    std::ranges::for_each(found->second->needs, keep);
  };
  std::ranges::for_each(selected, keep);
  for (auto& stage : plan.stages) {
    std::erase_if(stage.checks, [&](const CheckSpec& check) { return !kept.contains(check.id); });
    for (auto& check : stage.checks)
      if (!selected.contains(check.id)) check.points = 0;
  }
  return plan;
}

Result<void> check_selection(const Selection& selection, const Plan& plan) {
  for (const auto& id : selection.stages)
    if (std::ranges::find(plan.stages, id, &StageSpec::id) == plan.stages.end())
      return failure(ErrorKind::usage, msg("--stage: the plan has no stage \"{stage}\"", {{"stage", id}}),
                     msg("`mqtts-harness list {plan}` shows its stages and checks", {{"plan", plan.path}}));
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks)
      if (selection.wants(stage) && selection.wants(check)) return {};
  return failure(ErrorKind::usage, msg("no check of the plan is selected"),
                 msg("`mqtts-harness list {plan}` shows its stages and checks", {{"plan", plan.path}}));
}

Result<plan::Overrides> overrides_from(const VariableOptions& options) {
  plan::Overrides overrides;
  if (!options.file.empty()) {
    std::ifstream in(options.file);
    if (!in)
      return failure(ErrorKind::invalid_input, msg("--vars: {file} cannot be read", {{"file", options.file}}),
                     msg("check the path and its permissions"));
    const auto values = nlohmann::json::parse(in, nullptr, false);
    if (!values.is_object())
      return failure(ErrorKind::invalid_input, msg("--vars: {file} is not a JSON object", {{"file", options.file}}),
                     msg("write it as {example}", {{"example", R"({"topic": "a/b"})"}}));
    for (const auto& [name, value] : values.items()) {
      if (!value.is_string())
        return failure(ErrorKind::invalid_input,
                       msg("--vars: {name} in {file} is not a text", {{"name", name}, {"file", options.file}}),
                       msg("put the value between double quotes"));
      overrides[name] = value.get<std::string>();
    }
  }
  for (const auto& assignment : options.assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0)
      return failure(ErrorKind::usage, msg("--var {text} is not NAME=VALUE", {{"text", assignment}}));
    overrides[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  return overrides;
}

}  // namespace mqtts::cli
