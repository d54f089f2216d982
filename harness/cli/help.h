// The texts of --help in the user's language.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/app.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Replaces the descriptions, headings and footers of a command, of its options and of all its subcommands, by their
// translations, and `{formats}` in them by the names of report formats. A description that has no translation stays
// English.
void translate_help(CLI::App& command, const reports::Translator& tr);

// The language of the help that these arguments ask for: --lang, MQTTS_HARNESS_LANG or the locale, before they are
// parsed. English where they ask for no help.
reports::Translator translator_for_help(const std::vector<std::string>& arguments);

}  // namespace mqtts::cli
