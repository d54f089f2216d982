// Reads a plan's grading, and where the graded lab's own material is.
#include <algorithm>
#include <set>

#include "harness/model/words.h"
#include "harness/plan/read_given.h"
#include "harness/plan/read_plan.h"
#include "harness/util/iso8601.h"

namespace mqtts::plan {
namespace {

// Returns the entry of `words` at `key`; none if it is missing or unknown.
template <class Enum>
std::optional<Enum> read_word(const json::ObjectReader& source, std::string_view key,
                              std::optional<Enum> (*from)(std::string_view), const std::vector<std::string>& words) {
  const auto text = source.optional_text(key);
  if (!text || text->empty()) return std::nullopt;
  const auto value = from(*text);
  if (value) return value;
  auto args = json::unknown(*text, words);
  args["key"] = key;
  args["nearest"] = source.context().did_you_mean(*text, words);
  source.context().fault(*source.find(key),
                         args["nearest"].empty()
                             ? msg("\"{key}\" cannot be \"{name}\"; known: {known}", std::move(args))
                             : msg("\"{key}\" cannot be \"{name}\"; did you mean \"{nearest}\"?", std::move(args)));
  return std::nullopt;
}

LateRule read_late(const json::ObjectReader& grading) {
  constexpr json::Range percents{0, 100};
  constexpr json::Range a_year_of_minutes{0, 525600};
  LateRule late;
  const auto* node = grading.find("late");
  if (node == nullptr) return late;
  const json::ObjectReader source(grading.context(), *node, "late",
                                  {"percent_per_day", "most_percent", "grace_minutes"});
  late.percent_per_day = source.number("percent_per_day", percents, late.percent_per_day);
  late.most_percent = source.number("most_percent", percents, late.most_percent);
  late.grace_minutes = static_cast<int>(source.integer("grace_minutes", a_year_of_minutes, late.grace_minutes));
  return late;
}

std::string read_due(const json::ObjectReader& grading) {
  const auto text = grading.optional_text("due");
  if (!text || text->empty()) return {};
  const auto moment = parse_moment(*text);
  // A plan is used worldwide: without an offset, readers would understand different moments.
  if (!moment || !moment->says_offset)
    grading.context().fault(*grading.find("due"),
                            msg("\"{text}\" is no date with a time of day and its offset from UTC: one is written as "
                                "\"2026-12-01T18:00+01:00\"",
                                {{"text", json::shown(*text)}}));
  return moment ? moment->utc : "";
}

// Follows the needs, depth first.
class Circles {
 public:
  Circles(json::ReadContext& context, const std::vector<Need>& needs) : context_(context) {
    for (const auto& need : needs) needs_of_[need.check].push_back(&need);
  }

  void tell() {
    for (const auto& [check, needs] : needs_of_)
      if (enter(check)) walk();
  }

 private:
  struct Step {
    std::string check;
    std::size_t next = 0;  // of its needs
  };

  bool enter(const std::string& check) {
    if (!seen_.insert(check).second) return false;
    path_.push_back({check});
    on_path_.insert(check);
    return true;
  }

  void walk() {
    while (!path_.empty()) {
      auto& step = path_.back();
      const auto found = needs_of_.find(step.check);
      if (found == needs_of_.end() || step.next == found->second.size()) {
        on_path_.erase(step.check);
        path_.pop_back();
        continue;
      }
      const auto& need = *found->second[step.next++];
      if (on_path_.contains(need.needed))
        context_.fault(*need.node, msg("checks need one another in a circle: {circle}",
                                       {{"circle", json::shown(circle_from(need.needed))}}));
      else
        enter(need.needed);
    }
  }

  std::string circle_from(const std::string& check) const {
    std::string all;
    for (auto step = std::ranges::find(path_, check, &Step::check); step != path_.end(); ++step)
      all += step->check + " → ";
    return all + check;
  }

  json::ReadContext& context_;
  std::map<std::string, std::vector<const Need*>> needs_of_;
  std::set<std::string> seen_;
  std::vector<Step> path_;
  std::set<std::string> on_path_;
};

// Reports each name in `section` of the plan's "given" that is not in `known`.
void check_names(json::ReadContext& context, const json::Node& given, std::string_view section,
                 const std::vector<std::string>& known, Message (*tell)(std::map<std::string, std::string> args)) {
  const auto* node = given.find(section);
  const auto* members = node == nullptr ? nullptr : node->as<json::Node::Object>();
  if (members == nullptr) return;
  for (const auto& member : *members)
    if (std::ranges::find(known, member.key) == known.end())
      context.problems.add(member.at, tell(json::unknown(member.key, known)));
}

}  // namespace

std::optional<Visibility> read_visibility(const json::ObjectReader& source) {
  return read_word(source, "visibility", visibility_from, all_words<Visibility>());
}

std::optional<FailureDetail> read_detail(const json::ObjectReader& source) {
  return read_word(source, "detail", failure_detail_from, all_words<FailureDetail>());
}

std::optional<Credit> read_credit(const json::ObjectReader& source) {
  return read_word(source, "credit", credit_from, all_words<Credit>());
}

GradingSpec read_grading(const json::ObjectReader& plan) {
  GradingSpec grading;
  const auto* node = plan.find("grading");
  if (node == nullptr) return grading;
  const json::ObjectReader source(plan.context(), *node, "grading",
                                  {"due", "late", "visibility", "detail", "carried_forward"});
  grading.due = read_due(source);
  grading.late = read_late(source);
  grading.visibility = read_visibility(source).value_or(grading.visibility);
  grading.detail = read_detail(source).value_or(grading.detail);
  grading.carried_forward = source.flag("carried_forward", grading.carried_forward);
  return grading;
}

void check_circles(json::ReadContext& context, const std::vector<Need>& needs) { Circles(context, needs).tell(); }

MaterialSources read_plan_given(const json::ObjectReader& source, const Plan& plan) {
  const auto* node = source.find("given");
  if (node == nullptr) return {};
  auto& context = source.context();
  check_names(context, *node, "identities", json::keys_of(plan.materials.certificates),
              [](auto args) { return msg("there is no certificate \"{name}\"; known: {known}", std::move(args)); });
  check_names(context, *node, "accounts", json::keys_of(plan.materials.accounts),
              [](auto args) { return msg("there is no account \"{name}\"; known: {known}", std::move(args)); });
  const auto file = [&](const json::Node& at, const std::string& path) {
    const auto there = path.starts_with(on_host) ? path.substr(on_host.size()) : std::string();
    if (!there.starts_with('/') && !there.starts_with("${host."))
      context.fault(at, msg("\"{path}\" is no file of the broker's host: one is written as \"host:/path\", or begins "
                            "with the target's folders after \"host:\"",
                            {{"path", json::shown(path)}}));
    return path;
  };
  return read_given(context, *node, "given", file, Alternatives::allowed);
}

}  // namespace mqtts::plan
