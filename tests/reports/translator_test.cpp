#include "reports/translator.h"

#include <cctype>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/numbers.h"
#include "tests/reports/golden.h"

namespace mqtts::reports {
namespace {

namespace fs = std::filesystem;

// The value of the C++ string literal at `at`, which is moved behind it; none if none stands there whole.
std::optional<std::string> literal(const std::string& source, std::size_t& at) {
  at = source.find_first_not_of(" \t\r\n", at);
  if (at == std::string::npos || source[at] != '"') return std::nullopt;
  std::string value;
  for (++at; at < source.size() && source[at] != '\n'; ++at) {
    if (source[at] == '"') {
      ++at;
      return value;
    }
    if (source[at] == '\\' && ++at < source.size()) {
      value += source[at] == 'n' ? '\n' : source[at] == 't' ? '\t' : source[at];
    } else {
      value += source[at];
    }
  }
  return std::nullopt;
}

// Every template of the source: what stands as a literal, in one or several pieces, first in msg(…).
std::set<std::string> templates_in(const std::string& source) {
  std::set<std::string> found;
  const std::string call = "msg(";
  for (auto at = source.find(call); at != std::string::npos; at = source.find(call, at + 1)) {
    const bool is_end_of_word =
        at > 0 && (std::isalnum(static_cast<unsigned char>(source[at - 1])) != 0 || source[at - 1] == '_');
    auto from = at + call.size();
    auto whole = is_end_of_word ? std::nullopt : literal(source, from);
    if (!whole) continue;
    for (auto next = literal(source, from); next; next = literal(source, from)) *whole += *next;
    found.insert(*whole);
  }
  return found;
}

std::map<std::string, std::set<std::string>> templates_by_file() {
  std::map<std::string, std::set<std::string>> all;
  for (const auto* room : {"harness", "reports", "fixtures"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(MQTTS_SOURCE_DIR) / room)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".h") continue;
      auto found = templates_in(text_of(entry.path()));
      if (!found.empty()) all[fs::relative(entry.path(), MQTTS_SOURCE_DIR)] = std::move(found);
    }
  }
  return all;
}

std::map<std::string, std::string> translations_in_file() {
  return nlohmann::json::parse(text_of(MQTTS_SOURCE_DIR "/reports/messages.fr.json"))
      .get<std::map<std::string, std::string>>();
}

std::multiset<std::string> names_in(const std::string& text) {
  static const std::regex name("\\{[a-z_]+\\}");
  return {std::sregex_token_iterator(text.begin(), text.end(), name), {}};
}

TEST(Templates, are_found_in_pieces_with_escapes_and_not_in_other_words) {
  EXPECT_EQ(templates_in(R"(msg("a" "b\"c"
      "d", {{"x", y}}); mqtts::msg( "e" ); other_msg("f"); msg(text); `msg("` is\n no call)"),
            (std::set<std::string>{"ab\"cd", "e"}));
}

TEST(French, has_every_template_of_the_sources) {
  const auto translations = translations_in_file();
  for (const auto& [file, templates] : templates_by_file())
    for (const auto& text : templates) EXPECT_TRUE(translations.contains(text)) << file << ": " << text;
}

TEST(French, has_nothing_that_no_source_says) {
  std::set<std::string> said;
  for (const auto& [file, templates] : templates_by_file()) said.insert(templates.begin(), templates.end());
  for (const auto& [english, translation] : translations_in_file()) EXPECT_TRUE(said.contains(english)) << english;
}

TEST(French, keeps_each_name_of_its_template) {
  for (const auto& [english, translation] : translations_in_file())
    EXPECT_EQ(names_in(english), names_in(translation)) << english << "\n" << translation;
}

TEST(French, is_never_empty) {
  for (const auto& [english, translation] : translations_in_file()) EXPECT_FALSE(translation.empty()) << english;
}

TEST(Translator, tell_a_sentence_in_either_language_with_its_arguments) {
  const auto sentence = msg("waiting for {what}", {{"what", "{what}"}});
  EXPECT_EQ(Translator(Lang::en)(sentence), "waiting for {what}");
  EXPECT_NE(Translator(Lang::fr)(sentence), "waiting for {what}");
}

TEST(Translator, fall_back_to_english) {
  EXPECT_EQ(Translator(Lang::fr)(Message{"never said before", {}}), "never said before");
  EXPECT_EQ(Translator(Lang::fr)(LocalText{"only english", ""}), "only english");
  EXPECT_EQ(Translator(Lang::fr)(LocalText{"english", "français"}), "français");
}

TEST(Numbers, are_written_without_needless_digits) {
  EXPECT_EQ(shortest(20), "20");
  EXPECT_EQ(shortest(2.5), "2.5");
  EXPECT_EQ(shortest(2.5, Lang::fr), "2,5");
  EXPECT_EQ(shortest(0.1 + 0.2), "0.3");
  EXPECT_EQ(shortest(100), "100");
  EXPECT_EQ(fixed(1234.5, 3), "1234.500");
}

TEST(Numbers, of_no_clock_are_zero_seconds) {
  EXPECT_EQ(to_milliseconds(0.0204999), 0.02);
  EXPECT_EQ(to_milliseconds(-1), 0);
  EXPECT_EQ(to_milliseconds(std::numeric_limits<double>::infinity()), 0);
  EXPECT_EQ(to_milliseconds(std::numeric_limits<double>::quiet_NaN()), 0);
}

}  // namespace
}  // namespace mqtts::reports
