#include "reports/console_class.h"

#include <algorithm>

#include "reports/describe.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"
#include "reports/terminal_style.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t most_causes = 8;
constexpr std::size_t most_names = 12;
constexpr std::size_t most_unmarked = 40;  // results.json and the gradebook list all of them

std::string listed(const std::vector<std::string>& names, std::size_t most, std::string_view ellipsis) {
  std::string list;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i) list += (i == 0 ? "" : ", ") + names[i];
  return names.size() > most ? list + ", " + std::string(ellipsis) : list;
}

class Summary {
 public:
  Summary(const Report& report, const Translator& tr, const Style& style)
      : report_(report), tr_(tr), ink_(style), width_(static_cast<std::size_t>(style.width)) {}

  std::string text() {
    tell_head();
    if (report_.summary) {
      tell_causes();
      tell_copies();
    }
    tell_not_graded();
    return std::move(text_);
  }

 private:
  void line(const std::string& told) { text_ += told + '\n'; }

  void paragraph(const std::string& told, std::size_t indent) {
    for (const auto& each : wrapped(plain_line(told), width_ - indent)) line(std::string(indent, ' ') + each);
  }

  void tell_head() {
    double sum = 0;
    double most = 0;
    std::size_t graded = 0;
    for (const auto& target : report_.targets) {
      if (!target.not_graded.empty()) continue;
      ++graded;
      sum += target.score;
      most = std::max(most, target.max_score);
    }
    line("");
    line(ink_(Color::strong, report_.run.plan) + "  " + ink_(Color::faint, tr_(report_.run.plan_title)));
    auto head = tr_(msg_n(graded, "{count} of {students} has a mark", "{count} of {students} have a mark",
                          {{"students", std::to_string(report_.targets.size())}}));
    if (graded > 0)
      head += ' ' + std::string(ink_.dot()) + ' ' +
              tr_(msg("mean {mean} of {max}", {{"mean", fixed(sum / static_cast<double>(graded), 1, tr_.lang())},
                                               {"max", shortest(most, tr_.lang())}}));
    line(head + ' ' + std::string(ink_.dot()) + ' ' + fixed(report_.run.seconds, 1, tr_.lang()) + " s");
  }

  void tell_causes() {
    const auto& causes = report_.summary->causes;
    if (causes.empty()) return;
    line("");
    line(ink_(Color::strong, tr_(msg("What was not reached"))));
    for (std::size_t i = 0; i < std::min(most_causes, causes.size()); ++i) {
      const auto& cause = causes[i];
      auto told = std::to_string(cause.targets.size()) + "  " +
                  labelled(listed(cause.checks, 4, ink_.ellipsis()), tr_(cause.what));
      if (cause.observed) told += " (" + tr_(describe(*cause.observed)) + ')';
      paragraph(told, 2);
    }
    if (causes.size() > most_causes)
      line("  " + tr_(msg_n(causes.size() - most_causes, "and {count} more cause", "and {count} more causes")));
  }

  void tell_copies() {
    const auto& copies = report_.summary->copies;
    if (copies.empty()) return;
    line("");
    line(ink_(Color::warning, tr_(msg("Copies"))));
    for (const auto& copy : copies)
      paragraph(labelled(tr_(describe_copy(copy.kind)), listed(copy.targets, most_names, ink_.ellipsis())), 2);
  }

  // French puts a space before a colon.
  std::string labelled(const std::string& label, const std::string& text) const {
    return tr_(msg("{label}: {text}", {{"label", label}, {"text", text}}));
  }

  void tell_not_graded() {
    std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
    for (const auto& target : report_.targets) {
      if (target.not_graded.empty()) continue;
      const auto why = tr_(target.not_graded);
      auto found = std::ranges::find(by_reason, why, &std::pair<std::string, std::vector<std::string>>::first);
      if (found == by_reason.end()) found = by_reason.insert(found, {why, {}});
      found->second.push_back(target.name);
    }
    if (by_reason.empty()) return;
    line("");
    line(ink_(Color::warning, tr_(msg("Without a mark, which is not a mark of 0"))));
    for (const auto& [why, students] : by_reason)
      paragraph(std::to_string(students.size()) + "  " + why + ": " + listed(students, most_unmarked, ink_.ellipsis()),
                2);
  }

  const Report& report_;
  const Translator& tr_;
  const TerminalStyle ink_;
  const std::size_t width_;
  std::string text_;
};

}  // namespace

std::string class_summary(const Report& report, const Translator& tr, const Style& style) {
  return Summary(report, tr, style).text();
}

}  // namespace mqtts::reports
