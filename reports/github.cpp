#include "reports/github.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "reports/cases.h"
#include "reports/describe.h"
#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

// The runner decodes these (actions/toolkit, packages/core/src/command.ts). Raw line ends and control characters would
// let a broker inject commands.
std::string message_text(std::string_view text) {
  std::string safe;
  for (const auto& line : plain_lines(text)) {
    if (!safe.empty()) safe += "%0A";
    for (const char c : line) safe += c == '%' ? std::string("%25") : std::string(1, c);
  }
  return safe;
}

std::string property_text(std::string_view text) {
  std::string safe;
  for (const char c : message_text(text)) {
    if (c == ':')
      safe += "%3A";
    else if (c == ',')
      safe += "%2C";
    else
      safe += c;
  }
  return safe;
}

std::string command(std::string_view name, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", name, property_text(title), message_text(message));
}

std::string annotation_text(const Case& told, const Translator& tr) {
  auto text = told.message;
  const auto add = [&](const Message& label, const std::string& value) {
    if (!value.empty()) text += '\n' + tr(msg("{label}: {text}", {{"label", tr(label)}, {"text", value}}));
  };
  if (told.check == nullptr) return told.body == told.message ? text : text + '\n' + told.body;
  if (told.verdict == Verdict::skip) return text;
  add(msg("expected"), describe(told.check->expected, tr));
  if (told.check->observed) add(msg("seen"), tr(describe(*told.check->observed)));
  add(msg("hint"), tr(told.check->hint));
  return text;
}

}  // namespace

std::vector<File> github(const Report& report, const Translator& tr) {
  std::string errors;
  std::string warnings;
  std::string notices;
  std::size_t passed = 0;
  for (const auto& target : report.targets) {
    for (const auto& suite : suites_of(target, tr)) {
      for (const auto& told : suite.cases) {
        const auto title = fmt::format("{}: {}/{}", target.name, suite.id, told.id);
        const auto text = annotation_text(told, tr);
        const bool grave = told.verdict == Verdict::fail || told.id == "broker-restored";
        if (told.verdict == Verdict::pass)
          ++passed;
        else if (told.verdict == Verdict::skip)
          notices += command("notice", title, text);
        else
          (grave ? errors : warnings) += command(grave ? "error" : "warning", title, text);
      }
    }
  }
  auto all = errors + warnings + notices;
  if (all.empty()) {
    all = command("notice", report.run.plan, tr(msg_n(passed, "{count} passed", "{count} passed")));
  }
  return {{std::string(standard_output), std::move(all)}};
}

}  // namespace mqtts::reports
