#include "reports/translator.h"

#include <cctype>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/numbers.h"
#include "tests/reports/golden.h"

namespace mqtts::reports {
namespace {

namespace fs = std::filesystem;

// Parses the C++ string literal at `at` and moves `at` behind it; none if there is no complete literal.
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

// Several literals side by side are one.
std::optional<std::string> literals(const std::string& source, std::size_t& at) {
  auto whole = literal(source, at);
  if (!whole) return std::nullopt;
  for (auto from = at; auto next = literal(source, from); at = from) *whole += *next;
  return whole;
}

// The places behind each `call` that is no end of another word.
std::vector<std::size_t> calls_in(const std::string& source, const std::string& call) {
  std::vector<std::size_t> all;
  for (auto at = source.find(call); at != std::string::npos; at = source.find(call, at + 1)) {
    const bool is_end_of_word =
        at > 0 && (std::isalnum(static_cast<unsigned char>(source[at - 1])) != 0 || source[at - 1] == '_');
    if (!is_end_of_word) all.push_back(at + call.size());
  }
  return all;
}

// Behind the first argument, which holds no literal, and its comma.
std::size_t second_argument(const std::string& source, std::size_t at) {
  int depth = 0;
  for (; at < source.size() && (depth > 0 || source[at] != ','); ++at)
    depth += source[at] == '(' ? 1 : source[at] == ')' ? -1 : 0;
  return at + 1;
}

// English template -> its plural; none for a sentence without a number.
using Templates = std::map<std::string, std::optional<std::string>>;

// Every template of the source: what stands as a literal first in msg(…), or second and third in msg_n(…).
Templates templates_in(const std::string& source) {
  Templates found;
  for (auto at : calls_in(source, "msg("))
    if (const auto text = literals(source, at)) found.emplace(*text, std::nullopt);
  for (auto at : calls_in(source, "msg_n(")) {
    at = second_argument(source, at);
    const auto one = literals(source, at);
    if (!one || source[at] != ',') continue;
    if (const auto several = literals(source, ++at)) found.emplace(*one, *several);
  }
  return found;
}

std::map<std::string, Templates> templates_by_file() {
  std::map<std::string, Templates> all;
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

// English template -> French ones: one, or the singular and the plural.
std::map<std::string, std::vector<std::string>> translations_in_file() {
  std::map<std::string, std::vector<std::string>> all;
  const auto file = nlohmann::json::parse(text_of(MQTTS_SOURCE_DIR "/reports/messages.fr.json"));
  for (const auto& [english, french] : file.items())
    all[english] = french.is_array() ? french.get<std::vector<std::string>>() : std::vector{french.get<std::string>()};
  return all;
}

std::multiset<std::string> names_in(const std::string& text) {
  static const std::regex name("\\{[a-z_]+\\}");
  return {std::sregex_token_iterator(text.begin(), text.end(), name), {}};
}

// A singular may leave its number out, or say it in a word.
std::multiset<std::string> names_but_count(const std::string& text) {
  auto names = names_in(text);
  names.erase("{count}");
  return names;
}

TEST(Templates, are_found_in_pieces_with_escapes_and_not_in_other_words) {
  EXPECT_EQ(templates_in(R"(msg("a" "b\"c"
      "d", {{"x", y}}); mqtts::msg( "e" ); other_msg("f"); msg(text); `msg("` is\n no call)"),
            (Templates{{"ab\"cd", std::nullopt}, {"e", std::nullopt}}));
}

TEST(Templates, are_found_with_their_plurals) {
  EXPECT_EQ(templates_in(R"(msg_n(size(a, b), "one" " a", "{count}"
      " b", {{"x", y}}); msg_n(count, one, several); my_msg_n(1, "c", "d"))"),
            (Templates{{"one a", "{count} b"}}));
}

TEST(French, has_every_template_of_the_sources) {
  const auto translations = translations_in_file();
  for (const auto& [file, templates] : templates_by_file())
    for (const auto& [text, plural] : templates) {
      ASSERT_TRUE(translations.contains(text)) << file << ": " << text;
      EXPECT_EQ(translations.at(text).size(), plural ? 2U : 1U) << file << ": " << text;
    }
}

// Descriptions of commands and options are translated by help.cpp, and stand in no msg(…).
Templates help_texts() {
  Templates found;
  const auto root = fs::path(MQTTS_SOURCE_DIR) / "harness";
  std::vector<fs::path> files{root / "main.cpp"};
  for (const auto& entry : fs::directory_iterator(root / "cli"))
    if (entry.path().extension() == ".cpp") files.push_back(entry.path());
  for (const auto& file : files) {
    const auto source = text_of(file);
    for (auto at = source.find('"'); at != std::string::npos; at = source.find('"', at + 1))
      if (auto from = at; const auto text = literals(source, from)) found.emplace(*text, std::nullopt);
  }
  return found;
}

TEST(French, has_nothing_that_no_source_says) {
  auto said = help_texts();
  for (const auto& [file, templates] : templates_by_file()) said.insert(templates.begin(), templates.end());
  for (const auto& [english, translation] : translations_in_file()) EXPECT_TRUE(said.contains(english)) << english;
}

TEST(French, keeps_each_name_of_its_template) {
  const auto translations = translations_in_file();
  for (const auto& [file, templates] : templates_by_file())
    for (const auto& [text, plural] : templates) {
      const auto& french = translations.at(text);
      if (plural) {
        EXPECT_EQ(names_but_count(text), names_but_count(french.front())) << text << "\n" << french.front();
        EXPECT_EQ(names_but_count(text), names_but_count(*plural)) << text << "\n" << *plural;
      }
      EXPECT_EQ(names_in(plural.value_or(text)), names_in(french.back())) << text << "\n" << french.back();
    }
}

TEST(French, is_never_empty) {
  for (const auto& [english, translation] : translations_in_file())
    for (const auto& form : translation) EXPECT_FALSE(form.empty()) << english;
}

TEST(Translator, tell_a_sentence_in_either_language_with_its_arguments) {
  const auto sentence = msg("waiting for {what}", {{"what", "{what}"}});
  EXPECT_EQ(Translator(Lang::en)(sentence), "waiting for {what}");
  EXPECT_NE(Translator(Lang::fr)(sentence), "waiting for {what}");
}

TEST(Translator, takes_the_form_that_each_language_has_for_a_number) {
  const auto told = [](int count, Lang lang) {
    return Translator(lang)(msg_n(count, "{count} student", "{count} students"));
  };
  EXPECT_EQ(told(0, Lang::en), "0 students");
  EXPECT_EQ(told(1, Lang::en), "1 student");
  EXPECT_EQ(told(11, Lang::en), "11 students");
  EXPECT_EQ(told(0, Lang::fr), "0 étudiant");
  EXPECT_EQ(told(1, Lang::fr), "1 étudiant");
  EXPECT_EQ(told(2, Lang::fr), "2 étudiants");
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
