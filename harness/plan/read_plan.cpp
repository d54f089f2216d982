#include "harness/plan/read_plan.h"

#include <algorithm>

#include "harness/json/variables.h"
#include "harness/plan/acl_matrix.h"

namespace mqtts::plan {
namespace {

constexpr std::size_t longest_value = 256;  // limits the growth by many uses of one variable

// Returns a variable's name in `value` that is not allowed there: only the target's are. Empty if none.
std::string inner_variable(const std::string& value) {
  std::string found;
  json::substitute(value, [&](const std::string& inner) -> std::optional<std::string> {
    if (!json::is_late_variable(inner)) found = inner;
    return std::nullopt;
  });
  return found;
}

std::map<std::string, std::string> read_own_variables(const json::ObjectReader& plan) {
  json::ReadContext as_they_stand{plan.context().problems};
  std::map<std::string, std::string> variables;
  for (const auto& [name, at, node] : plan.members("variables")) {
    const auto value = json::read_text(as_they_stand, node, name);
    if (!json::check_name(as_they_stand, at, name) || !value) continue;
    if (name.find('.') != std::string::npos || json::is_late_variable(name))
      as_they_stand.problems.add(at,
                                 msg("\"{name}\" cannot be a variable of the plan: a name with a dot, and \"random\", "
                                     "belong to the target",
                                     {{"name", name}}));
    if (value->size() > longest_value) {
      as_they_stand.fault(node, msg("\"{name}\" must have {count} characters at most",
                                    {{"name", name}, {"count", std::to_string(longest_value)}}));
      continue;
    }
    if (const auto inner = inner_variable(*value); !inner.empty())
      as_they_stand.fault(node, msg("variable \"{name}\" must not hold another one, \"{inner}\"",
                                    {{"name", name}, {"inner", json::shown(inner)}}));
    variables.emplace(name, *value);
  }
  return variables;
}

void override_variables(const std::map<std::string, std::string>& overrides, json::ReadContext& context,
                        std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : overrides) {
    const auto known = json::keys_of(variables);
    auto args = json::unknown(name, known);
    args["nearest"] = context.did_you_mean(name, known);
    if (!variables.contains(name)) {
      context.problems.add(
          args["nearest"].empty()
              ? msg("the plan has no variable \"{name}\" to set; known: {known}", std::move(args))
              : msg("the plan has no variable \"{name}\" to set; did you mean \"{nearest}\"?", std::move(args)));
    } else if (json::has_control_characters(value)) {
      context.problems.add(
          msg("the value given to variable \"{name}\" must be one line without control characters", {{"name", name}}));
    } else if (const auto inner = inner_variable(value); !inner.empty()) {
      context.problems.add(msg("the value given to variable \"{name}\" must not hold another one, \"{inner}\"",
                               {{"name", name}, {"inner", json::shown(inner)}}));
    } else {
      variables[name] = value;
    }
  }
}

CheckPlaces find_check_places(const json::Node& root) {
  CheckPlaces places;
  static const json::Node::Array none;
  const auto elements = [](const json::Node* node) -> const json::Node::Array& {
    const auto* array = node == nullptr ? nullptr : node->as<json::Node::Array>();
    return array == nullptr ? none : *array;
  };
  for (const auto& stage : elements(root.find("stages"))) {
    const auto* stage_id = stage.find("id");
    const auto* stage_name = stage_id == nullptr ? nullptr : stage_id->as<std::string>();
    for (const auto& check : elements(stage.find("checks")))
      if (const auto* id = check.find("id"); id != nullptr && id->as<std::string>() != nullptr)
        places.emplace(*id->as<std::string>(), CheckPlace{stage_name == nullptr ? "" : *stage_name, id->at});
  }
  return places;
}

std::vector<std::string> stage_ids(const std::vector<StageSpec>& stages) {
  std::vector<std::string> ids;
  ids.reserve(stages.size());
  for (const auto& stage : stages) ids.push_back(stage.id);
  return ids;
}

// `after` must name an earlier stage, so that each stage has its base. Returns false if it does not.
bool read_after(const json::ObjectReader& source, StageSpec& stage, const Plan& plan) {
  const auto* node = source.find("after");
  if (plan.stages.empty()) {
    if (node != nullptr) source.context().fault(*node, msg("the first stage builds on none: leave \"after\" out"));
    return node == nullptr;
  }
  stage.after = source.text("after");
  const auto known = stage_ids(plan.stages);
  if (std::ranges::find(known, stage.after) != known.end()) return true;
  if (!stage.after.empty())
    source.context().fault(
        *node, msg("no stage before this one is called \"{name}\"; known: {known}", json::unknown(stage.after, known)));
  return false;
}

// Returns the configuration lines of `stage` and of all stages that it builds on.
std::vector<std::string> lines_up_to(const std::string& stage, const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto* id = &stage; !id->empty();) {
    const auto found = std::ranges::find(plan.stages, *id, &StageSpec::id);
    if (found == plan.stages.end()) break;
    lines.insert(lines.end(), found->configuration.begin(), found->configuration.end());
    id = &found->after;
  }
  return lines;
}

void read_without(const json::ObjectReader& source, StageSpec& stage, const Plan& plan) {
  const auto lines = lines_up_to(stage.after, plan);
  for (const auto& [node, line] : source.texts_at("without")) {
    stage.without.push_back(line);
    if (std::ranges::find(lines, line) != lines.end()) continue;
    const auto near = source.context().did_you_mean(line, lines);
    const std::map<std::string, std::string> args = {{"line", json::shown(line)}, {"nearest", near}};
    source.context().fault(
        *node, near.empty() ? msg("no earlier stage has the line \"{line}\"", args)
                            : msg("no earlier stage has the line \"{line}\"; did you mean \"{nearest}\"?", args));
  }
}

StageSpec read_stage(const json::ObjectReader& source, const Plan& plan, const CheckPlaces& places, ProbeKinds kinds,
                     std::vector<Need>& needs) {
  auto& context = source.context();
  StageSpec stage;
  stage.id = source.name("id");
  if (std::ranges::find(plan.stages, stage.id, &StageSpec::id) != plan.stages.end() && !stage.id.empty())
    context.fault(*source.find("id"), msg("there is another stage \"{name}\" in this plan", {{"name", stage.id}}));
  stage.title = source.local_text("title", stage.id);
  const bool stands_somewhere = read_after(source, stage, plan);
  stage.files = read_files(source, plan.materials);
  if (stands_somewhere) read_without(source, stage, plan);
  stage.configuration = source.texts("configuration");
  const auto* checks = source.find("acl") == nullptr ? source.need("checks") : source.find("checks");
  if (checks != nullptr && source.elements("checks").empty() && checks->as<json::Node::Array>() != nullptr)
    context.fault(*checks, msg("a stage needs at least one check"));
  stage.credit = read_credit(source).value_or(stage.credit);
  stage.checks = read_checks(source, plan, places, kinds, needs);
  for (auto& check : read_acl_matrix(source, plan)) {
    if (places.contains(check.id))
      context.fault(*source.find("acl"), msg("there is another check \"{name}\" in this plan", {{"name", check.id}}));
    stage.checks.push_back(std::move(check));
  }
  return stage;
}

}  // namespace

Plan read_plan(const json::Node& root, const std::map<std::string, std::string>& overrides, ProbeKinds kinds,
               json::Diagnostics& problems) {
  Plan plan;
  json::ReadContext context{problems, &plan.variables};
  if (!json::check_version(context, root, "mqtts-harness/plan/v1")) return plan;
  const json::ObjectReader source(
      context, root, "plan",
      {"$schema", "schema", "name", "title", "materials", "given", "grading", "listeners", "variables", "stages"});
  if (!source.is_object()) return plan;
  plan.variables = read_own_variables(source);
  override_variables(overrides, context, plan.variables);
  plan.name = source.name("name");
  plan.title = source.local_text("title", plan.name);
  plan.materials = read_materials(source);
  plan.given = read_plan_given(source, plan);
  plan.grading = read_grading(source);
  plan.listeners = read_listeners(source);
  const auto* stages = source.need("stages");
  if (stages != nullptr && source.elements("stages").empty() && stages->as<json::Node::Array>() != nullptr)
    context.fault(*stages, msg("a plan needs at least one stage"));
  const auto places = find_check_places(root);
  std::vector<Need> needs;
  for (const auto& node : source.elements("stages")) {
    const json::ObjectReader stage(context, node, "stages",
                                   {"id", "title", "after", "files", "without", "configuration", "credit", "checks", "acl",
                                    "acl_client", "acl_certificates", "acl_qos"});
    if (stage.is_object()) plan.stages.push_back(read_stage(stage, plan, places, kinds, needs));
  }
  check_circles(context, needs);
  return plan;
}

}  // namespace mqtts::plan
