#include "reports/html/class_parts.h"

#include <algorithm>

#include "reports/html/parts.h"
#include "reports/html/text.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t longest_name = 80;

}  // namespace

void add_student(Node parent, const TargetResult& target, const HtmlWriter& writer) {
  auto place = parent;
  if (!target.page.empty()) place = set(add(parent, "a"), "href", target.page);
  writer.say(add(place, "bdi"), html_line(name_of(target), longest_name));
}

StudentList::StudentList(const Report& report) {
  for (const auto& target : report.targets) by_name_.emplace_back(target.name, &target);
  std::ranges::stable_sort(by_name_, {}, [](const auto& entry) { return std::string_view(entry.first); });
}

void StudentList::add_to(Node parent, const std::vector<std::string>& names, const HtmlWriter& writer) const {
  auto list = add(parent, "ul", "students");
  for (const auto& name : names) {
    auto item = add(list, "li");
    const auto found = std::ranges::lower_bound(by_name_, name, {}, [](const auto& entry) { return entry.first; });
    if (found != by_name_.end() && found->first == name)
      add_student(item, *found->second, writer);
    else
      writer.say(add(item, "bdi"), html_line(name, longest_name));
  }
}

Node add_section(Node main, const char* id, const Message& title, const HtmlWriter& writer) {
  auto section = set(add(main, "section", id), "aria-labelledby", id);
  writer.say(set(add(section, "h2"), "id", id), title);
  return section;
}

Node add_table(Node section, const char* id, const char* css) {
  auto box = set(add(section, "div", "scroll"), "tabindex", "0");
  set(box, "role", "group");
  set(box, "aria-labelledby", id);
  return add(box, "table", css);
}

Node add_column(Node row, const Message& title, const HtmlWriter& writer) {
  return writer.say(set(add(row, "th"), "scope", "col"), title);
}

}  // namespace mqtts::reports
