#include "reports/html/page.h"

#include <algorithm>
#include <array>
#include <locale>
#include <sstream>

#include "reports/html/text.h"
#include "reports/numbers.h"

namespace mqtts::reports {
namespace {

using namespace std::string_view_literals;

// No addresses, scripts or forms: the page may only have a style.
constexpr auto* policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

// Elements without an end tag in HTML. Any other needs one, even if it is empty.
void end_each_element(Node node) {
  constexpr std::array endless = {"meta"sv, "br"sv, "hr"sv};
  for (auto child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (!child.first_child() && std::ranges::find(endless, std::string_view(child.name())) == endless.end())
      child.append_child(pugi::node_pcdata);
    end_each_element(child);
  }
}

void add_text(Node node, const std::string& text) {
  if (!text.empty()) node.append_child(pugi::node_pcdata).set_value(text.c_str());
}

}  // namespace

Node add(Node parent, const char* name, const char* css) {
  auto node = parent.append_child(name);
  if (*css != '\0') node.append_attribute("class").set_value(css);
  return node;
}

Node set(Node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
  return node;
}

std::string HtmlWriter::operator()(const Message& message) const {
  return typographic(html_line(tr_(message)), tr_.lang());
}

std::string HtmlWriter::operator()(const LocalText& text) const {
  return typographic(html_line(tr_(text), 4 * longest_line), tr_.lang());
}

Node HtmlWriter::say(Node node, const Message& message) const {
  add_text(node, (*this)(message));
  return node;
}

Node HtmlWriter::say(Node node, const LocalText& text) const {
  add_text(node, (*this)(text));
  return node;
}

Node HtmlWriter::say(Node node, std::string_view text) const {
  add_text(node, html_line(text));
  return node;
}

Node HtmlWriter::say_alone(Node node, const Message& message) const {
  const bool begins_with_a_name = tr_(Message{message.text, {}}).starts_with('{');
  add_text(node, begins_with_a_name ? (*this)(message) : capitalised((*this)(message)));
  return node;
}

std::string HtmlWriter::number(double value) const { return shortest(value, tr_.lang()); }

void HtmlWriter::time(Node parent, const std::string& iso) const {
  auto node = add(parent, "time");
  if (is_moment(iso)) set(node, "datetime", iso);
  add_text(node, moment(iso, tr_));
}

Node HtmlWriter::code(Node parent, std::string_view text) const { return say(add(parent, "code"), text); }

void HtmlWriter::excerpt(Node parent, std::string_view text, const Message& label) const {
  const auto shown = html_excerpt(text);
  if (shown.text.empty()) return;
  if (shown.left_out > 0) {
    say(add(parent, "p", "faint"),
        msg_n(shown.left_out, "{count} earlier line is left out here; results.json has it, too",
              "{count} earlier lines are left out here; results.json has them all"));
  }
  auto box = add(parent, "pre", "log");
  set(box, "tabindex", "0");
  set(box, "role", "group");
  set(box, "aria-label", (*this)(label));
  add_text(box, shown.text);
}

Page::Page(const HtmlWriter& writer, std::string_view title, std::string_view css, const char* kind) {
  document_.append_child(pugi::node_doctype).set_value("html");
  auto root = set(add(document_, "html"), "lang", writer.tr().lang() == Lang::fr ? "fr" : "en");
  auto head = add(root, "head");
  set(add(head, "meta"), "charset", "utf-8");
  set(set(add(head, "meta"), "http-equiv", "Content-Security-Policy"), "content", policy);
  set(set(add(head, "meta"), "name", "viewport"), "content", "width=device-width, initial-scale=1");
  set(set(add(head, "meta"), "name", "color-scheme"), "content", "light dark");
  set(set(add(head, "meta"), "name", "robots"), "content", "noindex");
  set(set(add(head, "meta"), "name", "referrer"), "content", "no-referrer");
  writer.say(add(head, "title"), title);
  add_text(add(head, "style"), std::string(css));
  auto body = add(root, "body", kind);
  header_ = add(body, "header");
  main_ = add(body, "main");
  footer_ = add(body, "footer");
}

std::string Page::bytes() {
  end_each_element(document_);
  std::ostringstream text;
  text.imbue(std::locale::classic());
  document_.save(text, "", pugi::format_default | pugi::format_no_declaration, pugi::encoding_utf8);
  return text.str();
}

}  // namespace mqtts::reports
