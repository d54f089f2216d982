// `complete WHAT -- WORD…`: prints what a shell may offer for an option or an argument, one a line. The completions
// call it; it is in no help.
#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/audit/audit_plan.h"
#include "harness/brokers/profile.h"
#include "harness/catalogue/catalogue.h"
#include "harness/cli/command.h"
#include "harness/model/plan.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/util/exit_status.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

using Words = std::vector<std::string>;

// A line of the shell up to the word that is completed, without the program's name.
struct Line {
  const CLI::App& program;
  Words words;
};

bool takes_value(const CLI::App& command, const std::string& word) {
  if (!word.starts_with('-') || word.find('=') != std::string::npos) return false;
  const auto* option = command.get_option_no_throw(word);
  return option != nullptr && option->get_items_expected_max() > 0;
}

// The plan of a line: the command's first argument, or that of an audit. None, or one with mistakes, is an empty plan.
Plan plan_on(const Line& line) {
  if (line.words.empty()) return {};
  if (line.words.front() == "audit") return audit::audit_plan({});
  const auto commands =
      line.program.get_subcommands([&](const CLI::App* it) { return it->get_name() == line.words.front(); });
  if (commands.empty()) return {};
  for (std::size_t i = 1; i < line.words.size(); ++i) {
    if (takes_value(*commands.front(), line.words[i]))
      ++i;
    else if (!line.words[i].starts_with('-'))
      return plan::find_plan(line.words[i], {}, probes::kinds()).plan.value_or(Plan{});
  }
  return {};
}

Words formats(const Line&) {
  Words all;
  for (const auto& format : reports::formats()) all.emplace_back(format.name);
  return all;
}

Words targets(const Line&) {
  return {"embedded", "vagrant", "container", "ssh://", "mqtts://", "mqtt://", "wss://", "ws://"};
}

Words urls(const Line&) { return {"mqtts://", "mqtt://", "wss://", "ws://"}; }

Words checks_of_catalogue(const Line&) {
  Words all;
  for (const auto& entry : catalogue::entries()) all.push_back(entry.id);
  return all;
}

Words profiles(const Line&) {
  Words all;
  for (const auto& profile : brokers::shipped_profiles()) all.emplace_back(profile.name);
  return all;
}

Words host_keys(const Line&) { return {"strict", "accept-new", "SHA256:"}; }

Words plans(const Line&) { return plan::plan_names(); }

Words stages(const Line& line) {
  Words all;
  for (const auto& stage : plan_on(line).stages) all.push_back(stage.id);
  return all;
}

Words checks(const Line& line) {
  Words all;
  for (const auto& stage : plan_on(line).stages)
    for (const auto& check : stage.checks) all.push_back(check.id);
  return all;
}

Words tags(const Line& line) {
  Words all;
  for (const auto& stage : plan_on(line).stages)
    for (const auto& check : stage.checks) all.insert(all.end(), check.tags.begin(), check.tags.end());
  return all;
}

struct Offer {
  std::string_view what;
  Words (*words)(const Line&);
};

constexpr Offer offers[] = {
    {"plan", plans},       {"plans", plans},    {"--plan", plans},         {"--report", formats},
    {"--target", targets}, {"--stage", stages}, {"--profile", profiles},   {"--tag", tags},
    {"--skip-tag", tags},  {"--check", checks}, {"--host-key", host_keys}, {"url", urls},
    {"check", checks_of_catalogue},
};

// A shell might read anything else in a plan otherwise than as a word.
bool is_word(const std::string& text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) ||
           std::string_view("-_.:/@").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

bool is_offered(std::string_view what) { return std::ranges::find(offers, what, &Offer::what) != std::end(offers); }

int print_offers(const CLI::App& program, const std::vector<std::string>& arguments) {
  const auto offer = arguments.empty() ? std::end(offers) : std::ranges::find(offers, arguments.front(), &Offer::what);
  if (offer == std::end(offers)) return exit_ok;
  std::set<std::string> told;
  for (const auto& word : offer->words({program, {arguments.begin() + 1, arguments.end()}}))
    if (is_word(word) && told.insert(word).second) std::cout << word << '\n';
  return exit_ok;
}

}  // namespace mqtts::cli
