// CSV by RFC 4180, read by libcsv, with the place of each field.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostics.h"

namespace mqtts::grading {

struct CsvField {
  std::string text;
  std::size_t at = 0;  // offset of its first byte: its quotation mark, if it has one
};

using CsvRow = std::vector<CsvField>;  // never without a field

// All rows but empty lines; of a field without quotation marks, blanks around it are dropped. Where quotation marks are
// wrong that is told, and the reading goes on with the next line. Ends at `most_rows`, and tells if there are more.
std::vector<CsvRow> read_csv(std::string_view text, char separator, std::size_t most_rows, json::Diagnostics& problems);

// What separates the fields of the first line: a comma or, as spreadsheets write it in many countries, a semicolon or a
// tab.
char separator_of(std::string_view text);

}  // namespace mqtts::grading
