#include "reports/tap.h"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/cases.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

// A '#' would end the description and begin a directive: "# TODO" makes a failure harmless.
std::string description(std::string_view text) {
  std::string safe;
  for (const char c : plain_line(text)) {
    if (c == '#' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

// A JSON string is also valid YAML.
std::string yaml_text(std::string_view text) { return nlohmann::json(plain_line(text)).dump(); }

std::string diagnostics(const Case& told) {
  auto block = fmt::format("  ---\n  message: {}\n  severity: {}\n  type: {}\n  seconds: {}\n", yaml_text(told.message),
                           to_string(told.verdict), told.type, fixed(to_milliseconds(told.seconds), 3));
  // A literal block: a leading blank would change its indentation, and Perl's reader does not support lists of texts.
  auto lines = plain_lines(told.body);
  if (!lines.empty()) lines.front().erase(0, lines.front().find_first_not_of(' '));
  if (!lines.empty()) block += "  details: |\n";
  for (const auto& line : lines) block += "    " + line + '\n';
  return block + "  ...\n";
}

}  // namespace

std::vector<File> tap(const Report& report, const Translator& tr) {
  std::size_t number = 0;
  std::string tests;
  for (const auto& target : report.targets) {
    const auto prefix = report.targets.size() > 1 ? target.name + ": " : std::string();
    for (const auto& suite : suites_of(target, tr)) {
      for (const auto& told : suite.cases) {
        const bool ok = told.verdict == Verdict::pass || told.verdict == Verdict::skip;
        tests += fmt::format("{} {} - {}", ok ? "ok" : "not ok", ++number,
                             description(fmt::format("{}{}/{}", prefix, suite.id, told.id)));
        if (told.verdict == Verdict::skip) tests += " # SKIP " + description(told.message);
        tests += '\n';
        if (!ok) tests += diagnostics(told);
      }
    }
  }
  return {{"results.tap", fmt::format("TAP version 13\n1..{}\n{}", number, tests)}};
}

}  // namespace mqtts::reports
