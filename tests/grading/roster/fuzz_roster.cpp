// Any bytes as a roster, CSV and JSON: no crash, every problem has a position in the file, and the schema allows every
// accepted JSON roster.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/grading/roster/roster.h"
#include "harness/plan/schemas.h"
#include "tests/support/schema_check.h"

namespace {

using namespace mqtts;
using namespace mqtts::grading;

void must(bool holds) {
  if (!holds) std::abort();
}

// Reads no file.
LoadedTarget no_file(const std::string& path, const std::string&) {
  LoadedTarget loaded;
  if (path.ends_with('x'))
    loaded.problems.push_back({.file = path, .line = 1, .column = 1, .message = mqtts::msg("no")});
  else
    loaded.target.emplace();
  return loaded;
}

bool try_as(const char* path, std::string_view text) {
  const auto loaded = parse_roster(text, path, {}, no_file);
  must(loaded.entries.has_value() == loaded.problems.empty());
  for (const auto& problem : loaded.problems) must(!problem.message.empty() && problem.line >= 0);
  if (!loaded.entries) return false;
  must(!loaded.entries->empty());
  int line = 0;
  for (const auto& entry : *loaded.entries) {
    must(!entry.student.id.empty() && entry.target.name == entry.student.id && entry.line >= line);
    line = entry.line;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_as("/r.csv", text);
  if (try_as("/r.json", text)) must(test::schema_allows(roster_schema(), text));
  return 0;
}
