#include "reports/markdown.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "reports/cases.h"
#include "reports/describe.h"
#include "reports/markdown_text.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"
#include "reports/terminal_style.h"
#include "reports/topics.h"

namespace mqtts::reports {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t log_lines_in_markdown = 20;
constexpr std::size_t topics_in_markdown = 50;

// Joins cells that are Markdown already.
std::string table_row(const Texts& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); }

class MarkdownText {
 public:
  explicit MarkdownText(const Translator& tr) : tr_(tr) {}

  std::string text(const Report& report) {
    const auto& title = tr_(report.run.plan_title);
    out_ += fmt::format("# {}\n\n", markdown_text(title.empty() ? report.run.plan : title));
    if (report.summary) {
      of_class(report);
    } else {
      for (const auto& target : report.targets)
        if (is_audit(report.run))
          of_audit(target);
        else
          of_target(target);
    }
    out_ += fmt::format("_{} · {}_\n", markdown_text(report.run.tool), markdown_text(report.run.started));
    return std::move(out_);
  }

 private:
  std::string tell(const Message& message) const { return markdown_text(tr_(message)); }

  std::string number(double value) const { return markdown_text(shortest(value, tr_.lang())); }

  std::string mark(Verdict verdict) const {
    return fmt::format("{} {}", TerminalStyle({.unicode = true}).sign(verdict), tell(describe(verdict)));
  }

  std::string share(double points, double max) const {
    return tell(
        msg("{passed} of {all}", {{"passed", shortest(points, tr_.lang())}, {"all", shortest(max, tr_.lang())}}));
  }

  void heading(const Texts& cells, const Texts& alignments) { out_ += table_row(cells) + table_row(alignments); }

  void point(const Message& label, const std::string& text) {
    if (!text.empty()) out_ += fmt::format("- **{}**: {}\n", tell(label), markdown_text(text));
  }

  void block(const std::string& text) {
    auto lines = plain_lines(text);
    if (lines.empty()) return;
    if (lines.size() > log_lines_in_markdown) lines.erase(lines.begin(), lines.end() - log_lines_in_markdown);
    out_ += '\n' + markdown_block(lines);
  }

  // ---- one target

  void of_target(const TargetResult& target) {
    auto about = markdown_text(target.name);
    if (target.broker) about += " · " + markdown_text(*target.broker);
    about += " · " + (has_score(target)
                          ? tell(msg("score {score} of {max}", {{"score", shortest(target.score, tr_.lang())},
                                                                {"max", shortest(target.max_score, tr_.lang())}}))
                          : tell(why_no_score(target)));
    out_ += fmt::format("**{}**\n\n", about);
    ladder(target);
    next_step(target);
    for (const auto& suite : suites_of(target, tr_))
      for (const auto& told : suite.cases)
        if (told.verdict != Verdict::pass) trouble(suite, told);
  }

  // ---- an audit

  void of_audit(const TargetResult& target) {
    auto about = markdown_text(target.name);
    if (target.broker) about += " · " + markdown_text(*target.broker);
    out_ += fmt::format("**{}**\n\n", about);
    if (!target.message.empty()) out_ += tell(target.message) + "\n\n";
    if (!target.grade.empty())
      out_ += fmt::format("**{}**\n\n", tell(msg("grade {grade}: {meaning}",
                                                 {{"grade", target.grade}, {"meaning", tr_(meaning_of_grade(target))}})));
    groups(target);
    remedies(target);
    if (target.topics) topics(*target.topics);
    for (const auto& suite : suites_of(target, tr_))
      for (const auto& told : suite.cases)
        if (told.verdict == Verdict::fail || told.verdict == Verdict::error) trouble(suite, told);
    left_out(target);
  }

  void groups(const TargetResult& target) {
    if (target.stages.empty()) return;
    heading({tell(msg("stage")), tell(msg("verdict")), tell(msg("checks")), tell(msg("Not made"))},
            {"---", "---", "---:", "---:"});
    for (const auto& stage : target.stages) {
      const auto with = [&](Verdict verdict) {
        return static_cast<double>(std::ranges::count(stage.checks, verdict, &CheckResult::verdict));
      };
      const auto skipped = with(Verdict::skip);
      const auto& title = tr_(stage.title);
      out_ += table_row({markdown_text(title.empty() ? stage.id : title), mark(stage.verdict),
                         share(with(Verdict::pass), static_cast<double>(stage.checks.size()) - skipped),
                         number(skipped)});
    }
    out_ += '\n';
  }

  void remedies(const TargetResult& target) {
    if (target.remedies.empty()) return;
    out_ += fmt::format("## {}\n\n", tell(msg("What to mend first")));
    for (const auto& id : target.remedies)
      for (const auto& stage : target.stages)
        for (const auto& check : stage.checks) {
          if (check.id != id) continue;
          const auto severity = check.severity ? " (" + tell(describe(*check.severity)) + ")" : "";
          out_ += fmt::format("**{}**{}: {}\n", markdown_text(id), severity, markdown_text(tr_(check.hint)));
          if (!check.lines.empty()) out_ += '\n' + markdown_block(check.lines);
          out_ += '\n';
        }
  }

  void topics(const TopicsSeen& seen) {
    out_ += fmt::format("## {}\n\n", tell(msg("Topics that could be read")));
    for (const auto& each : summary_of(seen)) out_ += fmt::format("- {}\n", tell(each));
    out_ += '\n';
    const auto all = most_telling(seen);
    if (all.empty()) return;
    heading({tell(msg("topic")), tell(msg("messages")), tell(msg("retained")), tell(msg("suspected"))},
            {"---", "---:", "---:", "---"});
    for (std::size_t i = 0; i < std::min(all.size(), topics_in_markdown); ++i)
      out_ += table_row({markdown_text(all[i]->topic), std::to_string(all[i]->messages),
                         std::to_string(all[i]->retained), markdown_text(suspected_kinds(*all[i], tr_))});
    out_ += '\n';
    if (all.size() > topics_in_markdown)
      out_ +=
          tell(msg_n(all.size() - topics_in_markdown, "{count} more in results.json", "{count} more in results.json")) +
          "\n\n";
  }

  void left_out(const TargetResult& target) {
    const auto all = not_made(target, tr_);
    if (all.empty()) return;
    out_ += fmt::format("## {}\n\n", tell(msg("Not made")));
    for (const auto& [reason, checks] : all) out_ += fmt::format("- {}: {}\n", markdown_text(reason), names(checks));
    out_ += '\n';
  }

  void ladder(const TargetResult& target) {
    if (target.stages.empty()) return;
    heading({tell(msg("stage")), tell(msg("verdict")), tell(msg("checks")), tell(msg("points"))},
            {"---", "---", "---:", "---:"});
    for (const auto& stage : target.stages) {
      const auto passed = static_cast<double>(std::ranges::count(stage.checks, Verdict::pass, &CheckResult::verdict));
      const auto& title = tr_(stage.title);
      out_ +=
          table_row({markdown_text(title.empty() ? stage.id : title), mark(stage.verdict),
                     share(passed, static_cast<double>(stage.checks.size())), share(stage.points, stage.max_points)});
    }
    out_ += '\n';
  }

  void next_step(const TargetResult& target) {
    const auto step = mqtts::next_step(target);
    if (!step) return;
    const auto& id = target.stages[step->stage].checks[step->check].id;
    out_ += fmt::format("**{}** {}: {}\n\n", tell(msg("The next step")), markdown_text(id),
                        markdown_text(advice_text(advice_for(target, *step), tr_)));
  }

  void trouble(const Suite& suite, const Case& told) {
    out_ += fmt::format("### {}: {} / {}\n\n", mark(told.verdict), markdown_text(suite.id), markdown_text(told.id));
    if (told.check != nullptr && told.verdict != Verdict::skip) {
      const auto& check = *told.check;
      point(msg("check"), tr_(check.title));
      point(msg("expected"), describe(check.expected, tr_));
      if (check.observed) point(msg("seen"), tr_(describe(*check.observed)));
    }
    point(msg("why"), told.message);
    if (told.check == nullptr) {
      if (told.body != told.message) block(told.body);
    } else if (told.verdict != Verdict::skip) {
      point(msg("hint"), tr_(told.check->hint));
      if (told.check->observed)
        for (const auto& evidence : told.check->observed->evidence) block(evidence_text(evidence, tr_));
    }
    out_ += '\n';
  }

  // ---- a class

  void of_class(const Report& report) {
    const auto graded = std::ranges::count_if(report.targets, has_score);
    out_ += tell(msg_n(graded, "{count} of {students} has a mark", "{count} of {students} have a mark",
                       {{"students", std::to_string(report.targets.size())}})) +
            "\n\n";
    marks(report);
    if (!report.summary->causes.empty()) causes(report.summary->causes);
    if (!report.summary->copies.empty()) copies(report.summary->copies);
    if (graded < std::ssize(report.targets)) not_graded(report);
  }

  void marks(const Report& report) {
    Texts stages;
    for (const auto& target : report.targets)
      for (const auto& stage : target.stages)
        if (std::ranges::find(stages, stage.id) == stages.end()) stages.push_back(stage.id);
    Texts titles{tell(msg("student")), tell(msg("name")), tell(msg("score"))};
    Texts alignments{"---", "---", "---:"};
    for (const auto& stage : stages) {
      titles.push_back(markdown_text(stage));
      alignments.emplace_back("---");
    }
    heading(titles, alignments);
    for (const auto& target : report.targets) {
      Texts cells{markdown_text(target.name), target.student ? markdown_text(target.student->name) : std::string(),
                  has_score(target) ? share(target.score, target.max_score) : tell(msg("not graded"))};
      for (const auto& stage : stages) {
        const auto found = std::ranges::find(target.stages, stage, &StageResult::id);
        cells.push_back(found == target.stages.end() ? std::string() : mark(found->verdict));
      }
      out_ += table_row(cells);
    }
    out_ += '\n';
  }

  void causes(const std::vector<Cause>& causes) {
    out_ += fmt::format("## {}\n\n", tell(msg("What went wrong")));
    heading({tell(msg("cause")), tell(msg("students")), tell(msg("checks"))}, {"---", "---:", "---"});
    for (const auto& cause : causes)
      out_ += table_row({tell(cause.what), std::to_string(cause.targets.size()), names(cause.checks)});
    out_ += '\n';
  }

  void copies(const std::vector<SharedFingerprint>& copies) {
    out_ += fmt::format("## {}\n\n", tell(msg("What several students share")));
    heading({tell(msg("what")), tell(msg("students"))}, {"---", "---"});
    for (const auto& copy : copies) out_ += table_row({markdown_text(to_string(copy.kind)), names(copy.targets)});
    out_ += '\n';
  }

  void not_graded(const Report& report) {
    out_ += fmt::format("## {}\n\n", tell(msg("Not graded, which is not 0")));
    for (const auto& target : report.targets)
      if (!has_score(target))
        out_ += fmt::format("- **{}**: {}\n", markdown_text(target.name), tell(why_no_score(target)));
    out_ += '\n';
  }

  static std::string names(const Texts& all) {
    Texts safe;
    for (const auto& one : all) safe.push_back(markdown_text(one));
    return fmt::format("{}", fmt::join(safe, ", "));
  }

  const Translator& tr_;
  std::string out_;
};

}  // namespace

std::vector<File> markdown(const Report& report, const Translator& tr) {
  return {{"summary.md", MarkdownText(tr).text(report)}};
}

}  // namespace mqtts::reports
