#include "reports/junit_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/util/utf8.h"
#include "reports/describe.h"

namespace mqtts::reports {
namespace {

bool is_safe(char32_t c) {
  const bool is_letter = (c >= 0xc0 && c < 0x2000) || (c >= 0x3040 && c < 0xd800);  // approximately, beyond ASCII
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
         c == '-' || is_letter;
}

// YYYY-MM-DDTHH:MM:SS at the beginning; empty if it is not there.
std::string_view seconds_of(std::string_view time) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (time.size() < shape.size()) return {};
  time = time.substr(0, shape.size());
  const bool fits = std::ranges::equal(
      time, shape, [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
  return fits ? time : std::string_view();
}

void add(std::string& body, const Translator& tr, const Message& label, const std::string& text) {
  if (!text.empty()) body += tr(msg("{label}: {text}", {{"label", tr(label)}, {"text", text}})) + '\n';
}

}  // namespace

std::string junit_word(std::string_view name) {
  std::string word;
  while (!name.empty()) {
    const auto next = first_code_point(name);
    if (next.valid && is_safe(next.value)) {
      word += name.substr(0, next.bytes);
    } else {
      word += '-';
    }
    name.remove_prefix(next.bytes);
  }
  return word.empty() ? "unnamed" : word;
}

std::string junit_timestamp(std::string_view time, std::string_view otherwise) {
  for (const auto candidate : {time, otherwise})
    if (const auto found = seconds_of(candidate); !found.empty()) return std::string(found);
  return "1970-01-01T00:00:00";
}

std::string junit_type(const CheckResult& check) {
  if (!check.observed) return "harness.error";
  const auto& seen = *check.observed;
  if (seen.outcome == Outcome::accepted) return "mqtt.accepted";
  std::string who(to_string(seen.by));
  std::ranges::replace(who, '-', '.');
  return fmt::format("{}.{}", who, to_string(seen.outcome));
}

std::string junit_body(const CheckResult& check, const Translator& tr) {
  std::string body;
  add(body, tr, msg("check"), tr(check.title));
  add(body, tr, msg("expected"), describe(check.expected, tr));
  if (check.observed) {
    add(body, tr, msg("seen"), tr(describe(*check.observed)));
    add(body, tr, msg("superseded by stage"), check.observed->superseded_by);
    add(body, tr, msg("set aside"), set_aside(*check.observed, tr));
  }
  add(body, tr, msg("why"), tr(check.message));
  add(body, tr, msg("control"), check.control);
  add(body, tr, msg("changed"), check.changed);
  if (check.verdict != Verdict::pass) add(body, tr, msg("hint"), tr(check.hint));
  if (check.observed) {
    for (const auto& evidence : check.observed->evidence)
      body += fmt::format("\n{}:\n{}\n", to_string(evidence.kind), evidence_text(evidence, tr));
  }
  return body;
}

std::string defused(std::string text) {
  constexpr std::string_view order = "[[ATTACHMENT|";
  for (auto at = text.find(order); at != std::string::npos; at = text.find(order, at)) text.insert(at + 1, " ");
  return text;
}

}  // namespace mqtts::reports
