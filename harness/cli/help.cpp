#include "harness/cli/help.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>

#include "harness/cli/output.h"
#include "harness/util/message.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

// French puts a space before the colon that CLI11 writes behind a heading.
std::string heading(const std::string& text, const reports::Translator& tr) {
  return text.empty() || tr.lang() == Lang::en ? text : text + " ";
}

// What CLI11 itself says, with its own words.
void label(CLI::App& command, const reports::Translator& tr) {
  const auto formatter = std::make_shared<CLI::Formatter>();
  formatter->label("Usage", heading(tr(msg("Usage")), tr));
  formatter->label("Positionals", heading(tr(msg("Positionals")), tr));
  formatter->label("SUBCOMMAND", tr(msg("SUBCOMMAND")));
  formatter->label("REQUIRED", tr(msg("REQUIRED")));
  formatter->label("TEXT", tr(msg("TEXT")));
  formatter->label("FILE", tr(msg("FILE")));
  formatter->label("DIR", tr(msg("DIR")));
  formatter->label("HOST", tr(msg("HOST")));
  formatter->label("NAME=VALUE", tr(msg("NAME=VALUE")));
  formatter->label("FMT[=PATH]", tr(msg("FMT[=PATH]")));
  command.formatter(formatter);
}

}  // namespace

void translate_help(CLI::App& command, const reports::Translator& tr) {
  const auto translated = [&](const std::string& text) { return tr({text, {{"formats", reports::format_names()}}}); };
  label(command, tr);
  command.description(translated(command.get_description()));
  command.footer(translated(command.get_footer()));
  command.group(heading(translated(command.get_group()), tr));
  for (auto* option : command.get_options()) {
    option->description(translated(option->get_description()));
    option->group(heading(translated(option->get_group()), tr));
  }
  for (auto* subcommand : command.get_subcommands([](CLI::App*) { return true; })) translate_help(*subcommand, tr);
}

reports::Translator translator_for_help(const std::vector<std::string>& arguments) {
  const auto is_help = [](const std::string& argument) { return argument == "--help" || argument == "-h"; };
  if (std::ranges::none_of(arguments, is_help)) return reports::Translator(Lang::en);
  ConsoleOptions options;
  if (const char* lang = std::getenv("MQTTS_HARNESS_LANG"); lang != nullptr) options.lang = lang;
  constexpr std::string_view flag = "--lang";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == flag && i + 1 < arguments.size()) options.lang = arguments[i + 1];
    if (arguments[i].starts_with("--lang=")) options.lang = arguments[i].substr(flag.size() + 1);
  }
  return translator_for(options);
}

}  // namespace mqtts::cli
