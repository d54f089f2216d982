#include "harness/doctor/show.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/plain_text.h"
#include "reports/terminal_style.h"

namespace mqtts::doctor {

namespace {

using reports::Color;

constexpr std::size_t most_detail = 8;  // lines
constexpr std::size_t fewest_columns = 20;

struct Look {
  std::string_view sign;
  Color tone;
  const char* word;  // for JSON
};

Look look_of(State state, const reports::TerminalStyle& ink) {
  switch (state) {
    case State::fine: return {ink.sign(Verdict::pass), Color::good, "fine"};
    case State::warning: return {ink.sign(Verdict::error), Color::warning, "warning"};
    case State::broken: return {ink.sign(Verdict::fail), Color::bad, "broken"};
    case State::unknown: return {"?", Color::warning, "unknown"};
    case State::not_looked_at: break;
  }
  return {ink.sign(Verdict::skip), Color::faint, "not_looked_at"};
}

// Lays out a label and the text beside it; continuation lines start in the text's column. A fix is often a command and
// stays on one line to be pasted.
std::string beside(const std::string& label, std::size_t columns, const std::string& text, int width) {
  const auto room = std::max(static_cast<std::size_t>(width), columns + fewest_columns) - columns;
  std::string out = label;
  bool first = true;
  for (const auto& line : reports::wrapped(text, room)) {
    out += (first ? "" : std::string(columns, ' ')) + line + "\n";
    first = false;
  }
  return out;
}

std::size_t count(const Findings& all, State state) {
  return static_cast<std::size_t>(std::ranges::count(all, state, &Finding::state));
}

Message verdict(const Findings& all) {
  const auto broken = count(all, State::broken);
  const auto unknown = count(all, State::unknown) + count(all, State::not_looked_at);
  const std::map<std::string, std::string> args = {{"broken", std::to_string(broken)},
                                                   {"unknown", std::to_string(unknown)}};
  if (broken == 0 && unknown == 0) return msg("nothing needs mending");
  if (broken == 0) return msg("nothing that was looked at needs mending; not known: {unknown}", args);
  if (unknown == 0) return msg("to be mended: {broken}", args);
  return msg("to be mended: {broken}; not known: {unknown}", args);
}

}  // namespace

std::string lines_of(const Findings& all, const reports::Translator& tr, const reports::Style& style, Detail detail) {
  const reports::TerminalStyle ink(style);
  std::size_t id_width = 0;
  for (const auto& each : all) id_width = std::max(id_width, each.id.size());
  const auto columns = id_width + 6;  // two before the sign, the sign and its blank, two after the id
  std::string out;
  for (const auto& each : all) {
    if (detail == Detail::troubles && each.state != State::broken && each.state != State::unknown) continue;
    const auto look = look_of(each.state, ink);
    out += beside("  " + ink(look.tone, look.sign) + " " + reports::padded(each.id, id_width) + "  ", columns,
                  tr(each.sentence), style.width);
    const auto said = reports::plain_lines(each.detail);
    for (std::size_t i = 0; i < std::min(said.size(), most_detail); ++i)
      out += std::string(columns, ' ') + ink(Color::faint, "| " + said[i]) + "\n";
    if (!each.fix.empty())
      out += std::string(columns, ' ') + ink(Color::strong, tr(msg("fix:"))) + " " + reports::plain_line(tr(each.fix)) +
             "\n";
  }
  const auto is_sound = count(all, State::broken) == 0;
  return out + (out.empty() ? "" : "\n") + ink(is_sound ? Color::plain : Color::bad, tr(verdict(all))) + "\n";
}

std::string json_of(const Findings& all, const std::string& target, int exit_code, const reports::Translator& tr) {
  const reports::TerminalStyle ink({});
  auto list = nlohmann::ordered_json::array();
  for (const auto& each : all) {
    nlohmann::ordered_json one = {{"id", each.id},
                                  {"state", look_of(each.state, ink).word},
                                  {"sentence", reports::plain_line(tr(each.sentence))}};
    if (!each.fix.empty()) one["fix"] = reports::plain_line(tr(each.fix));
    if (!each.detail.empty()) one["detail"] = reports::plain_lines(each.detail);
    list.push_back(std::move(one));
  }
  const nlohmann::ordered_json whole = {
      {"target", reports::plain_line(target)}, {"exit_code", exit_code}, {"findings", std::move(list)}};
  return whole.dump(2) + "\n";
}

}  // namespace mqtts::doctor
