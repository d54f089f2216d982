// Sections of the class report on common causes and on copies.
#include <algorithm>
#include <map>

#include "reports/describe.h"
#include "reports/html/class_parts.h"
#include "reports/html/text.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t causes_shown = 12;
constexpr std::size_t short_serial = 8;  // hex digits; random ones have up to 40

Message students(std::size_t count) { return msg_n(count, "{count} student", "{count} students"); }

using Titles = std::map<std::string, LocalText>;

// Titles of checks, by id.
Titles titles_in(const Report& report) {
  Titles titles;
  for (const auto& target : report.targets)
    for (const auto& stage : target.stages)
      for (const auto& check : stage.checks) titles.emplace(check.id, check.title);
  return titles;
}

void add_check(Node list, const std::string& id, const Titles& titles, const HtmlWriter& writer) {
  auto item = add(list, "li");
  if (const auto found = titles.find(id); found != titles.end() && !writer(found->second).empty()) {
    writer.say(item, found->second);
    writer.say(item, " ");
  }
  writer.code(item, html_line(id, 80));
}

void add_cause(Node list, const Cause& cause, const StudentList& known, const Titles& titles,
               const HtmlWriter& writer) {
  auto item = add(list, "li");
  auto title = add(item, "h3");
  writer.say(add(title, "strong"), students(cause.targets.size()));
  writer.say(title, " ");
  writer.say_alone(title, cause.what);
  auto checks = add(item, "ul", "checks");
  for (const auto& check : cause.checks) add_check(checks, check, titles, writer);
  if (cause.observed) {
    auto seen = add(item, "p", "faint");
    writer.say(seen, msg("{label}: {text}",
                         {{"label", writer.tr()(msg("seen"))}, {"text", writer.tr()(describe(*cause.observed))}}));
  }
  auto folded = add(item, "details");
  writer.say(add(folded, "summary"), msg("Who"));
  known.add_to(folded, cause.targets, writer);
}

// What one kind of copy indicates.
struct Meaning {
  Message name;
  Message strength;
  Message why;
};

Meaning meaning_of(const SharedFingerprint& copy) {
  switch (copy.kind) {
    case FingerprintKind::ssh_host_key:
      return {msg("the SSH server's key"), msg("weak by itself"),
              msg("A machine draws it when it is first installed. It is shared where a machine was copied, but also "
                  "where all were made from one image that had it already.")};
    case FingerprintKind::ca_key:
      return {msg("the key of the CA"), msg("strong"),
              msg("Each student draws one with openssl. Two are never equal by chance: the file was copied.")};
    case FingerprintKind::server_key:
      return {msg("the broker's private key"), msg("strong"),
              msg("Each student draws one with openssl. Two are never equal by chance: the file was copied.")};
    case FingerprintKind::certificate_serial:
      if (copy.value.size() <= short_serial)
        return {msg("a certificate's serial number"), msg("weak"),
                msg("A short number is chosen by hand, such as 01, and others may choose the same.")};
      return {msg("a certificate's serial number"), msg("strong"),
              msg("openssl draws a long one for each certificate. Two are never equal by chance: the certificate was "
                  "copied.")};
    case FingerprintKind::password_hash:
      return {msg("a line of the password file"), msg("strong"),
              msg("Each line has a salt of its own, so that even equal passwords differ. The line was copied.")};
  }
  return {};
}

// Merges copies with the same students into one finding, which is stronger evidence.
std::vector<std::vector<const SharedFingerprint*>> by_students(const std::vector<SharedFingerprint>& copies) {
  std::vector<std::vector<const SharedFingerprint*>> groups;
  for (const auto& copy : copies) {
    const auto same =
        std::ranges::find_if(groups, [&](const auto& group) { return group[0]->targets == copy.targets; });
    if (same == groups.end())
      groups.push_back({&copy});
    else
      same->push_back(&copy);
  }
  return groups;
}

void add_copy(Node list, const SharedFingerprint& copy, const HtmlWriter& writer) {
  const auto meaning = meaning_of(copy);
  auto item = add(list, "li");
  writer.say_alone(add(item, "strong"), meaning.name);
  writer.say(item, " ");
  writer.say(add(item, "span", "tag"), msg("evidence: {strength}", {{"strength", writer.tr()(meaning.strength)}}));
  writer.say(add(item, "p"), meaning.why);
  writer.say(add(item, "p", "value"), html_line(copy.value, 120));
}

}  // namespace

void add_causes(Node main, const Report& report, const HtmlWriter& writer) {
  if (!report.summary || report.summary->causes.empty()) return;
  const auto& causes = report.summary->causes;
  const StudentList known(report);
  const auto titles = titles_in(report);
  auto section = add_section(main, "causes", msg("Why checks did not pass"), writer);
  auto list = add(section, "ol", "causes-list");
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (i == causes_shown) {
      auto rest = add(section, "details", "rest");
      writer.say(add(rest, "summary"), msg_n(causes.size() - i, "{count} rarer cause", "{count} rarer causes"));
      list = set(add(rest, "ol", "causes-list"), "start", std::to_string(i + 1));
    }
    add_cause(list, causes[i], known, titles, writer);
  }
}

void add_copies(Node main, const Report& report, const HtmlWriter& writer) {
  if (!report.summary || report.summary->copies.empty()) return;
  const StudentList known(report);
  auto section = add_section(main, "copies", msg("What students have in common and should not"), writer);
  writer.say(add(section, "p"), msg("This is a reason to ask, and no verdict: no mark was changed by it."));
  for (const auto& group : by_students(report.summary->copies)) {
    auto box = add(section, "div", "copy");
    writer.say(add(box, "h3"), msg("{count} students share:", {{"count", std::to_string(group[0]->targets.size())}}));
    auto list = add(box, "ul", "shared");
    for (const auto* copy : group) add_copy(list, *copy, writer);
    known.add_to(box, group[0]->targets, writer);
  }
}

}  // namespace mqtts::reports
