// --help in both languages.
#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Help : public ::testing::Test {
 protected:
  std::vector<std::string> lines(std::vector<std::string> arguments, const Environment& environment = {}) const {
    arguments.insert(arguments.begin(), harness());
    const auto ended = Program(std::move(arguments), folder.path(), environment).end();
    EXPECT_EQ(ended.code, 0) << ended.err;
    std::vector<std::string> all;
    std::istringstream in(ended.out);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

  // Those that say the same in both languages.
  static std::set<std::string> untranslated(const std::vector<std::string>& english,
                                            const std::vector<std::string>& french) {
    EXPECT_GE(french.size(), english.size());
    std::set<std::string> same;
    for (const auto& line : english)
      if (!line.empty() && std::ranges::find(french, line) != french.end()) same.insert(line);
    return same;
  }

  Folder folder;
};

// A line with an option's name alone has nothing to translate; its description is on the next one.
bool has_text(const std::string& line) { return !line.starts_with("  -") || line.find("    ") != std::string::npos; }

TEST_F(Help, is_told_in_french_for_every_command_and_option) {
  std::vector<std::vector<std::string>> commands{{}};
  for (const auto* name : {"run", "grade", "watch", "plan", "list", "validate", "restore", "lab", "doctor", "report",
                           "diff", "schema", "completion", "version"})
    commands.push_back({name});
  for (const auto* name : {"up", "status", "down"}) commands.push_back({"lab", name});
  for (auto command : commands) {
    command.push_back("--help");
    auto same = untranslated(lines(command, {{"MQTTS_HARNESS_LANG", "en"}}), lines(command, {{"LANG", "fr_FR.UTF-8"}}));
    std::erase_if(same, [](const std::string& line) { return !has_text(line); });
    EXPECT_THAT(same, IsEmpty()) << command.front();
  }
}

TEST_F(Help, takes_its_language_from_the_flag_the_environment_and_the_locale) {
  const auto is_french = [this](std::vector<std::string> arguments, const Environment& environment) {
    return lines(std::move(arguments), environment).at(0).starts_with("Appliquer");
  };
  EXPECT_FALSE(is_french({"run", "--help"}, {}));
  EXPECT_TRUE(is_french({"run", "--help", "--lang", "fr"}, {}));
  EXPECT_TRUE(is_french({"run", "--lang=fr", "-h"}, {}));
  EXPECT_TRUE(is_french({"run", "--help"}, {{"MQTTS_HARNESS_LANG", "fr"}}));
  EXPECT_TRUE(is_french({"run", "--help"}, {{"LANG", "fr_FR.UTF-8"}}));
  EXPECT_FALSE(is_french({"run", "--help", "--lang", "en"}, {{"LANG", "fr_FR.UTF-8"}, {"MQTTS_HARNESS_LANG", "fr"}}));
}

TEST_F(Help, names_the_report_formats_and_translates_headings) {
  const auto ended = Program({harness(), "run", "--help", "--lang", "fr"}, folder.path()).end();
  EXPECT_THAT(ended.out, HasSubstr("Un rapport : json, html, class"));
  EXPECT_THAT(ended.out, HasSubstr("\nRapports :\n"));
  EXPECT_THAT(ended.out, HasSubstr("Utilisation : mqtts-harness run [OPTIONS] plan"));
  EXPECT_THAT(ended.out, HasSubstr("\nArguments :\n  plan TEXTE OBLIGATOIRE"));
  EXPECT_THAT(ended.out, Not(HasSubstr("{formats}")));
}

// Completions are made when the program is built, for all users.
TEST_F(Help, of_completions_is_english) {
  const auto ended = Program({harness(), "completion", "fish"}, folder.path(), {{"LANG", "fr_FR.UTF-8"}}).end();
  EXPECT_THAT(ended.out, HasSubstr("A report: json, html"));
}

}  // namespace
}  // namespace mqtts::e2e
