// Reads CSV (RFC 4180) with libcsv, with the offset of each field.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostics.h"

namespace mqtts::grading {

struct CsvField {
  std::string text;
  std::size_t at = 0;  // offset of its first byte: its quotation mark if it is quoted
};

using CsvRow = std::vector<CsvField>;  // never empty

// Returns all rows except empty lines; strips blanks around unquoted fields. Reports wrong quotation marks and
// continues with the next line. Stops after `most_rows` rows, and reports if there are more.
std::vector<CsvRow> read_csv(std::string_view text, char separator, std::size_t most_rows, json::Diagnostics& problems);

// Returns the separator of the first line: a comma or, as spreadsheets write it in many countries, a semicolon or a
// tab.
char separator_of(std::string_view text);

}  // namespace mqtts::grading
