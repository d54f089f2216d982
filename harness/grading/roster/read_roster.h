// Reads both formats of a roster into the same rows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostics.h"
#include "harness/json/object_reader.h"

namespace mqtts::grading {

struct RosterCell {
  std::string column;
  std::string text;
  std::size_t at = 0;  // offset of its first byte
};

struct RosterRow {
  std::size_t at = 0;  // offset of its first byte
  std::vector<RosterCell> cells;
};

// Both report errors in the format and in column names, and omit what cannot be read; a required column is missing from
// a row only if that was reported.
std::vector<RosterRow> read_csv_roster(std::string_view text, json::Diagnostics& problems);
std::vector<RosterRow> read_json_roster(std::string_view text, json::Diagnostics& problems);

// The required columns, and all columns with a meaning.
const std::vector<std::string>& needed_columns();
const std::vector<std::string>& known_columns();

// Returns the column of which `written` is probably a misspelling. Empty if there is none, or if that column is itself
// among `written_columns`: "note" beside "name" is a column of the user's own.
std::string meant_column(std::string_view written, const std::vector<std::string>& written_columns);

}  // namespace mqtts::grading
