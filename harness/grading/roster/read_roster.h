// The two forms of a roster, read into one.
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

// Both tell what is wrong with the form and with the names of columns, and leave out what cannot be read; a column that
// must be there may be missing only if that has been told.
std::vector<RosterRow> read_csv_roster(std::string_view text, json::Diagnostics& problems);
std::vector<RosterRow> read_json_roster(std::string_view text, json::Diagnostics& problems);

// What must be there, and all columns that mean something.
const std::vector<std::string>& needed_columns();
const std::vector<std::string>& known_columns();

// The column that `written` is most likely a slip of. Empty if it is none, or if that one is among `written_columns`
// itself: "note" beside "name" is a column of the user's own.
std::string meant_column(std::string_view written, const std::vector<std::string>& written_columns);

}  // namespace mqtts::grading
