#include "harness/catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/model/words.h"

namespace mqtts::catalogue {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Catalogue, is_read_without_a_fault) {
  mqtts::json::Diagnostics problems("catalogue", built_in_text());
  const auto all = read_entries(built_in_text(), problems);
  for (const auto& problem : problems.list())
    ADD_FAILURE() << problem.line << ':' << problem.column << ": " << to_english(problem.message);
  EXPECT_EQ(all.size(), entries().size());
  EXPECT_GE(all.size(), 60U);
}

TEST(Catalogue, tells_everything_in_both_languages) {
  for (const auto& entry : entries()) {
    std::vector<LocalText> texts{entry.title, entry.proves, entry.why};
    for (const auto& [kind, remedy] : entry.remedies) texts.push_back(remedy.text);
    for (const auto& text : texts) {
      EXPECT_THAT(text.en, Not(IsEmpty())) << entry.id;
      EXPECT_THAT(text.fr, Not(IsEmpty())) << entry.id;
      EXPECT_NE(text.en, text.fr) << entry.id;
    }
  }
}

TEST(Catalogue, advises_for_the_broker_that_was_found) {
  const auto* entry = find("anonymous-rejected");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(remedy_for(*entry, "mosquitto 2.0.11").kind, "mosquitto-2.0");
  EXPECT_EQ(remedy_for(*entry, "mosquitto 2.1.2").kind, "mosquitto-2.1");
  EXPECT_EQ(remedy_for(*entry, "rabbitmq 3.10.8").kind, "rabbitmq");
  EXPECT_EQ(remedy_for(*entry, "ejabberd 23.01").kind, "generic");
  EXPECT_EQ(remedy_for(*entry, "").kind, "generic");
}

TEST(Catalogue, knows_no_other_check) { EXPECT_EQ(find("no-such-check"), nullptr); }

TEST(CatalogueFile, reports_every_mistake_at_once) {
  const std::string text = R"([{"schema": "mqtts-harness/check/v1", "id": "a b", "group": "pasword", "severity": "bad",
    "title": {"en": "T"}, "proves": {"en": "P", "fr": "P"}, "why": {"en": "W", "fr": "W"}, "remedies": {}, "reference": []}])";
  mqtts::json::Diagnostics problems("file", text);
  read_entries(text, problems);
  std::string all;
  for (const auto& problem : problems.list()) all += to_english(problem.message) + '\n';
  for (const auto* part : {"\"pasword\"", "\"bad\" is no severity", "\"fr\" is missing", "\"generic\" is missing",
                           "unknown key \"reference\""})
    EXPECT_THAT(all, HasSubstr(part));
}

TEST(CatalogueSchema, has_the_words_of_the_program) {
  const auto schema = nlohmann::json::parse(check_schema());
  EXPECT_EQ(schema["properties"]["severity"]["enum"].get<std::vector<std::string>>(), all_words<Severity>());
  std::vector<std::string> ids;
  for (const auto& group : groups()) ids.emplace_back(group.id);
  EXPECT_EQ(schema["properties"]["group"]["enum"].get<std::vector<std::string>>(), ids);
  for (const auto& [kind, name] : remedy_kinds())
    EXPECT_TRUE(schema["properties"]["remedies"]["properties"].contains(kind)) << kind;
}

}  // namespace
}  // namespace mqtts::catalogue
