// docs/plans.md: its tables name what the program's own tables do, and it names every field of the schema.
// MQTTS_UPDATE_GOLDEN=1 rewrites the tables; what a row means is written by hand and kept.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/json/variables.h"
#include "harness/model/reasons.h"
#include "harness/model/words.h"
#include "harness/plan/load.h"
#include "harness/plan/schemas.h"
#include "harness/plan/words.h"
#include "harness/probes/probes.h"
#include "tests/support/schema_check.h"

namespace mqtts::plan {
namespace {

using Cells = std::vector<std::string>;

enum class Meaning {
  by_hand,  // the last column, kept
  none
};

struct Table {
  std::string name;
  Cells head;
  Meaning meaning{};
  std::vector<Cells> rows;  // without the meaning
};

std::string page_path() { return MQTTS_DOCS "/plans.md"; }

std::string page() {
  std::ifstream in(page_path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string listed(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + code(word);
  return all;
}

std::vector<Cells> in_code(const std::vector<std::string>& words) {
  std::vector<Cells> rows;
  for (const auto& word : words) rows.push_back({code(word)});
  return rows;
}

std::string type_name(FactType type) {
  switch (type) {
    case FactType::flag: return "true or false";
    case FactType::number: return "number";
    case FactType::text: return "text";
    case FactType::texts: break;
  }
  return "list of texts";
}

std::string type_name(const ProbeParameter& parameter) {
  switch (parameter.type) {
    case ProbeParameter::Type::topic: return "topic";
    case ProbeParameter::Type::filter: return "topic filter";
    case ProbeParameter::Type::number: return "\"0\" to \"" + std::to_string(parameter.most) + "\"";
    case ProbeParameter::Type::text: return "text";
    case ProbeParameter::Type::flag: break;
  }
  return "\"true\" or \"false\"";
}

std::vector<Cells> variables() {
  std::vector<Cells> rows;
  for (const auto& name : json::late_variables()) rows.push_back({code("${" + name + "}")});
  return rows;
}

std::vector<Cells> outcomes() {
  std::vector<Cells> rows;
  for (const auto& row : outcome_words()) rows.push_back({code(row.word), listed(row.by)});
  return rows;
}

std::vector<Cells> layers() {
  std::vector<Cells> rows;
  for (const auto& layer : control_layers()) {
    const bool is_reachable = std::ranges::find(reachable_layers(), layer) != reachable_layers().end();
    rows.push_back({code(layer), is_reachable ? "`reached`, `control_reaches`" : "`control_reaches`"});
  }
  return rows;
}

std::vector<Cells> probe_rows() {
  std::vector<Cells> rows;
  for (const auto& kind : probes::kinds()) {
    rows.push_back({code(kind.name), "", ""});
    for (const auto& parameter : kind.parameters)
      rows.push_back(
          {code(kind.name), code(parameter.name) + (parameter.required ? " (required)" : ""), type_name(parameter)});
    for (const auto& role : kind.roles) rows.push_back({code(kind.name), code(role), "another client"});
  }
  return rows;
}

std::vector<Cells> facts() {
  std::vector<Cells> rows;
  for (const auto& fact : connection_facts()) rows.push_back({code(fact.name), type_name(fact.type)});
  for (const auto& kind : probes::kinds())
    for (const auto& fact : kind.facts) rows.push_back({code(fact.name), type_name(fact.type)});
  return rows;
}

std::vector<Cells> alerts() {
  std::vector<Cells> rows;
  for (const auto& reason : known_reasons())
    if (reason.source == ReasonSource::tls_alert) rows.push_back({code(reason.name), std::to_string(*reason.number)});
  return rows;
}

std::vector<Cells> mqtt_reasons() {
  std::vector<Cells> rows;
  const auto row_of = [&](std::string_view name) -> Cells& {
    const auto found = std::ranges::find(rows, code(name), [](const Cells& cells) { return cells.front(); });
    return found != rows.end() ? *found : rows.emplace_back(Cells{code(name), "", ""});
  };
  for (const auto& reason : known_reasons()) {
    if (reason.source == ReasonSource::mqtt_3_1_1) row_of(reason.name)[1] = std::to_string(*reason.number);
    if (reason.source == ReasonSource::mqtt_5_0) row_of(reason.name)[2] = std::to_string(*reason.number);
  }
  return rows;
}

std::vector<Cells> other_reasons() {
  std::vector<Cells> rows;
  for (const auto& reason : known_reasons()) {
    if (reason.source == ReasonSource::certificate) rows.push_back({code(reason.name), "`tls-self`"});
    if (reason.source == ReasonSource::network) rows.push_back({code(reason.name), "`network`"});
  }
  return rows;
}

std::vector<Table> tables() {
  return {{"variables", {"variable", "value"}, Meaning::by_hand, variables()},
          {"client", {"field", "meaning"}, Meaning::by_hand, in_code(client_fields())},
          {"probes", {"kind", "field", "value", "meaning"}, Meaning::by_hand, probe_rows()},
          {"outcomes", {"outcome", "by", "when"}, Meaning::by_hand, outcomes()},
          {"layers", {"layer", "in", "the client got so far that"}, Meaning::by_hand, layers()},
          {"facts", {"fact", "type", "what it is"}, Meaning::by_hand, facts()},
          {"comparisons", {"comparison", "meaning"}, Meaning::by_hand, in_code(all_words<Comparison>())},
          {"tls-peer", {"reason", "alert"}, Meaning::none, alerts()},
          {"mqtt", {"reason", "MQTT 3.1.1", "MQTT 5.0"}, Meaning::none, mqtt_reasons()},
          {"others", {"reason", "by"}, Meaning::none, other_reasons()}};
}

std::string line_of(const Cells& cells) {
  std::string line = "|";
  for (const auto& cell : cells) line += cell.empty() ? " |" : " " + cell + " |";
  return line + "\n";
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Where the table's lines stand in the page.
Span place_of(const std::string& text, const std::string& name) {
  const auto mark = "<!-- table: " + name + " -->\n";
  const auto at = text.find(mark);
  const auto end = text.find("<!-- end -->", at);
  if (at == std::string::npos || end == std::string::npos) {
    ADD_FAILURE() << "the page has no place for the table " << name;
    return {};
  }
  return {at + mark.size(), end};
}

// What the page says of the row with these cells; empty if it does not have it.
std::string meaning_of(const std::string& lines, const Cells& cells) {
  auto start = line_of(cells);
  start.pop_back();
  const auto at = lines.find(start + " ");
  if (at == std::string::npos) return {};
  const auto begin = at + start.size() + 1;
  const auto end = lines.find(" |\n", begin);
  return end == std::string::npos ? "" : lines.substr(begin, end - begin);
}

std::string lines_of(const Table& table, const std::string& written) {
  std::string lines = line_of(table.head) + line_of(Cells(table.head.size(), "---"));
  for (auto cells : table.rows) {
    if (table.meaning == Meaning::by_hand) {
      const auto meaning = meaning_of(written, cells);
      EXPECT_FALSE(meaning.empty()) << "say in the table " << table.name << " what this means: " << line_of(cells);
      cells.push_back(meaning);
    }
    lines += line_of(cells);
  }
  return lines;
}

TEST(PlansPage, has_the_words_of_the_programs_tables) {
  auto text = page();
  for (const auto& table : tables()) {
    const auto [begin, end] = place_of(text, table.name);
    const auto written = text.substr(begin, end - begin);
    const auto wanted = lines_of(table, written);
    if (std::getenv("MQTTS_UPDATE_GOLDEN") != nullptr)
      text.replace(begin, end - begin, wanted);
    else
      EXPECT_EQ(written, wanted) << table.name << ": MQTTS_UPDATE_GOLDEN=1 rewrites the table";
  }
  if (std::getenv("MQTTS_UPDATE_GOLDEN") != nullptr) std::ofstream(page_path(), std::ios::binary) << text;
}

void find_fields(const nlohmann::json& node, std::set<std::string>& fields) {
  if (!node.is_structured()) return;
  for (const auto& [key, value] : node.items()) {
    if (key == "properties")
      for (const auto& [field, its] : value.items()) fields.insert(field);
    find_fields(value, fields);
  }
}

TEST(PlansPage, names_every_field_of_the_schema) {
  std::set<std::string> fields;
  find_fields(nlohmann::json::parse(plan_schema()), fields);
  ASSERT_GT(fields.size(), 60U);
  const auto text = page();
  for (const auto& field : fields) EXPECT_NE(text.find(code(field)), std::string::npos) << field;
}

TEST(PlansPage, shows_plans_that_are_valid) {
  const auto text = page();
  const std::string fence = "```json\n";
  int plans = 0;
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
    const auto begin = at + fence.size();
    const auto shown = text.substr(begin, text.find("```", begin) - begin);
    if (shown.find("mqtts-harness/plan/v1") == std::string::npos) continue;
    ++plans;
    for (const auto& problem : parse_plan(shown, "docs/plans.md", {}, probes::kinds()).problems)
      ADD_FAILURE() << problem.line << ": " << to_english(problem.message);
    EXPECT_EQ(test::schema_says(plan_schema(), shown), "");
  }
  EXPECT_GE(plans, 2);
}

}  // namespace
}  // namespace mqtts::plan
