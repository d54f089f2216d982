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

std::string plan_title(const RunInfo& run, const HtmlWriter& writer) {
  const auto title = writer(run.plan_title);
  return title.empty() ? html_line(run.plan) : title;
}

void add_class_heading(Node header, const Report& report, const HtmlWriter& writer) {
  auto head = add(header, "div", "head");
  writer.say(add(head, "p", "eyebrow"), msg("Report on a class"));
  writer.say(add(head, "h1"), plan_title(report.run, writer));
  auto facts = add(header, "dl", "facts");
  if (!report.run.started.empty()) writer.time(add_fact(facts, msg("Looked at"), writer), report.run.started);
  if (!report.run.due.empty()) writer.time(add_fact(facts, msg("Due"), writer), report.run.due);
  if (!report.run.seed.empty()) writer.code(add_fact(facts, msg("Seed"), writer), report.run.seed);
}

// Links to the existing sections.
void add_contents(Node header, Node main, const HtmlWriter& writer) {
  auto contents = set(add(header, "nav"), "aria-label", writer(msg("Contents")));
  auto list = add(contents, "ul");
  for (const auto section : main.children("section")) {
    const auto heading = section.child("h2");
    auto link = set(add(add(list, "li"), "a"), "href", "#" + std::string(heading.attribute("id").value()));
    writer.say(link, heading.text().get());
  }
}

}  // namespace

std::vector<File> html_class(const Report& report, const Translator& tr) {
  const HtmlWriter writer(tr);
  const auto style = std::string(texts::html_css) + std::string(texts::html_class_css);
  Page page(writer, plan_title(report.run, writer), style, "class");
  const auto main = page.main();
  add_class_heading(page.header(), report, writer);
  add_numbers(main, report, writer);
  add_causes(main, report, writer);
  add_heat_map(main, report, writer);
  add_copies(main, report, writer);
  add_not_graded(main, report, writer);
  add_late(main, report, writer);
  add_marks(main, report, writer);
  add_contents(page.header(), main, writer);
  add_colophon(page.footer(), report.run, writer);
  return {{"class.html", page.bytes()}};
}

}  // namespace reports
}  // namespace mqtts
