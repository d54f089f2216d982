#include "reports/diff.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/util/utf8.h"
#include "reports/console.h"
#include "reports/describe.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"
#include "reports/terminal_style.h"

namespace mqtts::reports {
namespace {

using Json = nlohmann::ordered_json;

// Most severe first.
constexpr std::array in_order = {Change::broke, Change::improved, Change::other};

Message word_for(Change change) {
  switch (change) {
    case Change::improved: return msg("improved");
    case Change::broke: return msg("broke");
    case Change::other: return msg("changed");
  }
  return {};
}

Message change_count(Change change, std::size_t number) {
  switch (change) {
    case Change::improved: return msg_n(number, "{count} improved", "{count} improved");
    case Change::broke: return msg_n(number, "{count} broke", "{count} broke");
    case Change::other: return msg_n(number, "{count} changed otherwise", "{count} changed otherwise");
  }
  return {};
}

// A change has the sign of the verdict that it leads to.
Verdict look_of(Change change) {
  switch (change) {
    case Change::improved: return Verdict::pass;
    case Change::broke: return Verdict::fail;
    case Change::other: return Verdict::skip;
  }
  return Verdict::skip;
}

class Text {
 public:
  Text(const Translator& tr, const Style& style) : tr_(tr), ink_(style) {
    for (const auto change : in_order) width_ = std::max(width_, columns_of(tr_(word_for(change))));
  }

  std::string operator()(const Comparison& comparison) {
    for (const auto& target : comparison.targets)
      if (target.has_changed()) of_target(target);
    const auto same = std::ranges::count_if(comparison.targets, [](const auto& one) { return !one.has_changed(); });
    if (same > 0) out_ += ink_(Color::faint, tr_(msg("as it was: {count}", {{"count", std::to_string(same)}}))) + '\n';
    totals(comparison);
    return std::move(out_);
  }

  std::string operator()(const TargetChange& target) {
    checks_of(target);
    return std::move(out_);
  }

 private:
  std::string_view arrow() const { return ink_.style().unicode ? " → " : " -> "; }

  std::string score(std::optional<double> value) const {
    return value ? shortest(*value, tr_.lang()) : tr_(msg("no mark"));
  }

  std::string verdict(std::optional<Verdict> value) const {
    return value ? ink_(TerminalStyle::tone(*value), tr_(describe(*value))) : ink_(Color::faint, tr_(msg("not there")));
  }

  void of_target(const TargetChange& target) {
    out_ += ink_(Color::strong, target.name);
    if (!target.student.empty()) out_ += "  " + ink_(Color::plain, target.student);
    if (!target.was_there) out_ += "  " + ink_(Color::plain, tr_(msg("is new")));
    if (!target.is_there) out_ += "  " + ink_(Color::warning, tr_(msg("is not there any more")));
    out_ += "  " + scores(target) + '\n';
    checks_of(target);
    out_ += '\n';
  }

  void checks_of(const TargetChange& target) {
    for (const auto change : in_order)
      for (const auto& check : target.checks)
        if (check.change == change) of_check(check);
  }

  std::string scores(const TargetChange& target) const {
    const auto max = tr_(msg("of {max}", {{"max", shortest(target.max_score, tr_.lang())}}));
    const bool same = target.score_before == target.score_after;
    const auto now = score(target.is_there ? target.score_after : target.score_before);
    if (same || !target.was_there || !target.is_there) return ink_(Color::faint, now + ' ' + max);
    const bool better = target.score_after > target.score_before;  // no score sorts below every score
    return ink_(Color::faint, score(target.score_before)) + std::string(arrow()) +
           ink_(better ? Color::good : Color::bad, now) + ' ' + ink_(Color::faint, max);
  }

  void of_check(const CheckChange& check) {
    const auto look = look_of(check.change);
    const auto word = std::string(ink_.sign(look)) + ' ' + padded(tr_(word_for(check.change)), width_);
    out_ += "  " + ink_(TerminalStyle::tone(look), word) + "  " + ink_(Color::faint, check.stage + '/') +
            ink_(Color::plain, check.check) + "  " + verdict(check.before) + std::string(arrow()) +
            verdict(check.after) + '\n';
  }

  void totals(const Comparison& comparison) {
    std::string line;
    for (const auto change : in_order) {
      const auto number = count(comparison, change);
      if (number == 0) continue;
      line +=
          (line.empty() ? "" : ", ") + ink_(TerminalStyle::tone(look_of(change)), tr_(change_count(change, number)));
    }
    out_ += (line.empty() ? tr_(msg("no verdict has changed")) : line) + '\n';
  }

  const Translator& tr_;
  TerminalStyle ink_;
  std::size_t width_ = 0;
  std::string out_;
};

Json json_or_null(std::optional<double> number) { return number ? Json(*number) : Json(); }

Json json_or_null(std::optional<Verdict> verdict) { return verdict ? Json(to_string(*verdict)) : Json(); }

}  // namespace

std::string diff_text(const Comparison& comparison, const Translator& tr, const Style& style) {
  return Text(tr, style)(comparison);
}

std::string changes_text(const TargetChange& target, const Translator& tr, const Style& style) {
  return Text(tr, style)(target);
}

nlohmann::ordered_json diff_json(const Comparison& comparison) {
  Json json = {{"same_plan", comparison.same_plan}};
  for (const auto change : {Change::improved, Change::broke, Change::other})
    json[std::string(to_string(change))] = count(comparison, change);
  json["targets"] = Json::array();
  for (const auto& target : comparison.targets) {
    Json one = {{"name", valid_utf8(target.name)},
                {"was_there", target.was_there},
                {"is_there", target.is_there},
                {"score", {{"before", json_or_null(target.score_before)}, {"after", json_or_null(target.score_after)}}},
                {"checks", Json::array()}};
    for (const auto& check : target.checks)
      one["checks"].push_back({{"stage", valid_utf8(check.stage)},
                               {"check", valid_utf8(check.check)},
                               {"change", to_string(check.change)},
                               {"before", json_or_null(check.before)},
                               {"after", json_or_null(check.after)}});
    json["targets"].push_back(std::move(one));
  }
  return json;
}

}  // namespace mqtts::reports
