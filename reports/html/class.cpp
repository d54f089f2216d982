#include "reports/html/class.h"

#include "harness/model/report.h"
#include "reports/html/class_parts.h"
#include "reports/html/page.h"
#include "reports/html/parts.h"
#include "reports/html/text.h"

namespace mqtts {

namespace texts {
extern const std::string_view html_css;
extern const std::string_view html_class_css;
}  // namespace texts

namespace reports {
namespace {

std::string plan_title(const RunInfo& run, const Pen& pen) {
  const auto title = pen(run.plan_title);
  return title.empty() ? html_line(run.plan) : title;
}

void add_class_heading(Node header, const Report& report, const Pen& pen) {
  auto head = add(header, "div", "head");
  pen.say(add(head, "p", "eyebrow"), msg("Report on a class"));
  pen.say(add(head, "h1"), plan_title(report.run, pen));
  auto facts = add(header, "dl", "facts");
  if (!report.run.started.empty()) pen.time(add_fact(facts, msg("Looked at"), pen), report.run.started);
  if (!report.run.due.empty()) pen.time(add_fact(facts, msg("Due"), pen), report.run.due);
  if (!report.run.seed.empty()) pen.code(add_fact(facts, msg("Seed"), pen), report.run.seed);
}

// Links to the sections that there are.
void add_contents(Node header, Node main, const Pen& pen) {
  auto contents = set(add(header, "nav"), "aria-label", pen(msg("Contents")));
  auto list = add(contents, "ul");
  for (const auto section : main.children("section")) {
    const auto heading = section.child("h2");
    auto link = set(add(add(list, "li"), "a"), "href", "#" + std::string(heading.attribute("id").value()));
    pen.say(link, heading.text().get());
  }
}

}  // namespace

std::vector<File> html_class(const Report& report, const Words& words) {
  const Pen pen(words);
  const auto style = std::string(texts::html_css) + std::string(texts::html_class_css);
  Page page(pen, plan_title(report.run, pen), style, "class");
  const auto main = page.main();
  add_class_heading(page.header(), report, pen);
  add_numbers(main, report, pen);
  add_causes(main, report, pen);
  add_heat_map(main, report, pen);
  add_copies(main, report, pen);
  add_not_graded(main, report, pen);
  add_late(main, report, pen);
  add_marks(main, report, pen);
  add_contents(page.header(), main, pen);
  add_colophon(page.footer(), report.run, pen);
  return {{"class.html", page.bytes()}};
}

}  // namespace reports
}  // namespace mqtts
