#include "reports/html/student.h"

#include <set>

#include <fmt/format.h>

#include "harness/model/report.h"
#include "reports/describe.h"
#include "reports/html/audit.h"
#include "reports/html/check.h"
#include "reports/html/ladder.h"
#include "reports/html/page.h"
#include "reports/html/parts.h"
#include "reports/html/text.h"
#include "reports/junit_text.h"

namespace mqtts {

namespace texts {
extern const std::string_view html_css;
extern const std::string_view html_student_css;
}  // namespace texts

namespace reports {
namespace {

class StudentPage {
 public:
  StudentPage(const RunInfo& run, const TargetResult& target, const Translator& tr)
      : run_(run), target_(target), writer_(tr), page_(writer_, title(), style(), "student") {}

  std::string bytes() {
    add_header();
    add_trouble();
    if (is_audit(run_)) {
      add_remedies(page_.main(), target_, writer_);
      add_groups(page_.main(), target_, writer_);
      add_topics(page_.main(), target_, writer_);
    } else {
      add_ladder(page_.main(), target_, writer_);
      add_next_step(page_.main(), target_, writer_);
    }
    add_stages();
    add_footer();
    return page_.bytes();
  }

 private:
  static std::string style() { return std::string(texts::html_css) + std::string(texts::html_student_css); }

  std::string plan_title() const {
    const auto title = writer_(run_.plan_title);
    return title.empty() ? html_line(run_.plan) : title;
  }

  std::string title() const { return html_line(name_of(target_), 80) + " – " + plan_title(); }

  void add_header() {
    auto header = page_.header();
    auto head = add(header, "div", "head");
    writer_.say(add(head, "p", "eyebrow"), msg("Report on the security of an MQTT broker"));
    writer_.say(add(head, "h1"), plan_title());
    auto who = add(head, "p", "who");
    writer_.say(add(who, "bdi"), html_line(name_of(target_), 120));
    if (name_of(target_) != target_.name) writer_.say(add(who, "span", "faint"), html_line(target_.name, 80));
    add_mark(header);
    add_facts(header);
  }

  void add_mark(Node header) {
    if (is_audit(run_)) return add_grade(header, target_, writer_);
    if (!target_.not_graded.empty()) {
      auto box = add(header, "div", "mark none");
      writer_.say(add(box, "p", "score"), msg("Not graded"));
      writer_.say_alone(add(box, "p"), target_.not_graded);
      writer_.say(add(box, "p", "faint"), msg("There is no mark yet. This is not a mark of 0."));
      return;
    }
    if (target_.max_score <= 0) return;
    auto box = add(header, "div", "mark");
    auto score = add(box, "p", "score");
    writer_.say(add(score, "strong"), writer_.number(target_.score));
    writer_.say(score, " ");
    writer_.say(add(score, "span"), msg("of {max}", {{"max", writer_.number(target_.max_score)}}));
    const auto bonus = bonus_of(target_);
    if (bonus > 0)
      writer_.say(add(box, "p"),
                  msg("Of these, {points} come from bonus checks.", {{"points", writer_.number(bonus)}}));
    if (target_.penalty > 0)
      writer_.say(add(box, "p"), msg("Late: {percent}% of what was earned is taken off, {points} points.",
                                     {{"percent", writer_.number(target_.late_percent)},
                                      {"points", writer_.number(target_.penalty)}}));
  }

  void add_time(Node facts, const Message& name, const std::string& time) {
    if (!time.empty()) writer_.time(add_fact(facts, name, writer_), time);
  }

  void add_facts(Node header) {
    auto facts = add(header, "dl", "facts");
    if (target_.broker) writer_.say(add_fact(facts, msg("Broker"), writer_), html_line(*target_.broker, 80));
    if (!target_.broker_known_by.empty())
      writer_.say(add_fact(facts, msg("Known by"), writer_), target_.broker_known_by);
    if (!target_.host.empty()) writer_.say(add_fact(facts, msg("Host"), writer_), html_line(target_.host, 80));
    if (run_.configuration != Configuration::unknown)
      writer_.say(add_fact(facts, msg("Configuration"), writer_), run_.configuration == Configuration::applied
                                                                      ? msg("the plan's own, applied by the harness")
                                                                      : msg("the broker's, as it stands"));
    add_time(facts, msg("Looked at"), target_.looked_at.empty() ? run_.started : target_.looked_at);
    if (!target_.student) return;
    add_time(facts, msg("Handed in"), target_.student->submitted);
    add_time(facts, msg("Due"), target_.student->due.empty() ? run_.due : target_.student->due);
  }

  void add_trouble() {
    if (target_.restored == false) {
      auto box = set(add(page_.main(), "section", "alert"), "aria-labelledby", "trouble");
      writer_.say(set(add(box, "h2"), "id", "trouble"), msg("The broker was not put back as it was"));
      writer_.say_alone(add(box, "p"), target_.message);
      if (!target_.by_hand.empty()) writer_.say(add(box, "p"), msg("These commands put it back by hand:"));
      std::string commands;
      for (const auto& line : target_.by_hand) commands += line + '\n';
      writer_.excerpt(box, commands, msg("Commands to paste into a terminal"));
    } else if (!target_.message.empty()) {
      auto box = set(add(page_.main(), "section", "alert"), "aria-labelledby", "trouble");
      writer_.say(set(add(box, "h2"), "id", "trouble"), msg("The broker could not be judged"));
      writer_.say_alone(add(box, "p"), target_.message);
    } else if (target_.stages.empty() && target_.not_graded.empty()) {
      writer_.say_alone(add(page_.main(), "p"), msg("nothing was judged"));
    }
    for (const auto& doubt : doubts_about(target_)) writer_.say(add(page_.main(), "p", "doubt"), doubt);
  }

  void add_stages() {
    if (target_.stages.empty()) return;
    auto section = set(add(page_.main(), "section", "stages"), "aria-labelledby", "stages");
    writer_.say(set(add(section, "h2"), "id", "stages"),
                is_audit(run_) ? msg("Check by check") : msg("Stage by stage"));
    for (std::size_t i = 0; i < target_.stages.size(); ++i) add_stage(section, target_.stages[i], i);
  }

  void add_stage(Node parent, const StageResult& stage, std::size_t number) {
    auto section = set(add(parent, "section", "stage"), "aria-labelledby", stage_id(number));
    auto head = add(section, "div", "stage-head");
    auto title = set(add(head, "h3"), "id", stage_id(number));
    add(title, "span", css_of(stage.verdict));
    say_title(title, stage.title, stage.id, writer_);
    add_points(head, stage.points, stage.max_points, writer_);
    if (!stage.message.empty()) writer_.say_alone(add(section, "p", "why"), stage.message);
    writer_.excerpt(section, stage.detail, msg("The broker's own words"));
    auto checks = stage.checks.empty() ? Node() : add(section, "ul", "checks");
    for (std::size_t i = 0; i < stage.checks.size(); ++i)
      add_check(checks, stage.checks[i], check_id(number, i), writer_);
    if (stage.hidden_checks > 0) {
      writer_.say(add(section, "p", "hidden"),
                  msg_n(stage.hidden_checks, "One more check counts. It is not shown, or only after the due date.",
                        "{count} more checks count. They are not shown, or only after the due date."));
    }
  }

  void add_footer() {
    auto footer = page_.footer();
    auto meanings = add(footer, "dl", "meanings");
    const auto means = [&](Verdict verdict, const Message& meaning) {
      auto row = add(meanings, "div");
      add_badge(add(row, "dt"), verdict, writer_);
      writer_.say(add(row, "dd"), meaning);
    };
    means(Verdict::pass, msg("it holds, and that was proven"));
    means(Verdict::fail, msg("it does not hold; the hint says what to change"));
    means(Verdict::error, msg("it could not be judged; the reason is told"));
    means(Verdict::skip, msg("something that it needs was missing"));
    add_colophon(footer, run_, writer_);
  }

  const RunInfo& run_;
  const TargetResult& target_;
  HtmlWriter writer_;
  Page page_;
};

std::string file_name(const Report& report, const TargetResult& target, std::set<std::string>& taken) {
  if (report.targets.size() == 1) return "report.html";
  const auto word = junit_word(target.name);
  auto name = word;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{}-{}", word, i);
  return name + ".html";
}

}  // namespace

std::vector<File> html(const Report& report, const Translator& tr) {
  std::vector<File> files;
  std::set<std::string> taken;
  for (const auto& target : report.targets)
    files.push_back({file_name(report, target, taken), StudentPage(report.run, target, tr).bytes(), target.name});
  return files;
}

}  // namespace reports
}  // namespace mqtts
