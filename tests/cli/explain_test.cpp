#include "harness/cli/explain.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mqtts::cli {
namespace {

using ::testing::HasSubstr;

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// MQTTS_UPDATE_GOLDEN=1 writes the page instead.
void expect_page(const std::string& path, Lang lang) {
  const auto page = catalogue_page(reports::Translator(lang));
  if (std::getenv("MQTTS_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << page;
  EXPECT_EQ(read(path), page) << path << ": MQTTS_UPDATE_GOLDEN=1 rewrites it";
}

TEST(CataloguePage, is_in_the_documents) {
  expect_page(MQTTS_DOCS "/checks.md", Lang::en);
  expect_page(MQTTS_DOCS "/checks.fr.md", Lang::fr);
}

TEST(Explained, tells_what_to_do_for_each_kind_of_broker) {
  const auto* entry = catalogue::find("anonymous-rejected");
  ASSERT_NE(entry, nullptr);
  const auto text = explained(*entry, reports::Translator(Lang::en), {});
  for (const auto* part : {"critical", "What it proves", "Mosquitto 2.0", "RabbitMQ", "Any broker",
                           "\n      allow_anonymous false\n", "MQTT 5.0, section 3.1.4"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(explained(*entry, reports::Translator(Lang::fr), {}), HasSubstr("Ce qu'elle prouve"));
}

TEST(Explained, wraps_text_and_never_a_line_to_paste) {
  for (const auto& entry : catalogue::entries()) {
    const auto text = explained(entry, reports::Translator(Lang::en), {.width = 60});
    for (const auto& [kind, remedy] : entry.remedies)
      for (const auto& line : remedy.lines) EXPECT_THAT(text, HasSubstr("      " + line + "\n")) << entry.id;
  }
}

TEST(ExplainedAsJson, has_every_field) {
  const auto* entry = catalogue::find("tls-version-floor");
  ASSERT_NE(entry, nullptr);
  const auto json = as_json(*entry, reports::Translator(Lang::fr));
  for (const auto* key : {"id", "group", "severity", "title", "proves", "why", "remedies", "references"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["title"], entry->title.fr);
}

}  // namespace
}  // namespace mqtts::cli
