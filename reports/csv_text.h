// Tables as RFC 4180 has them, that no spreadsheet takes for formulas.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::reports {

// A cell that holds `text` on one line, in quotes where RFC 4180 needs them. One that a spreadsheet would compute gets
// an apostrophe before it: after white space of any kind it begins with = + - @ (or with their full-width twins), or
// it begins with a tab or a line end. Control characters and bytes that are not UTF-8 become U+FFFD.
std::string csv_cell(std::string_view text);

// A number: a dot, at most three digits after it.
std::string csv_cell(double value);

// One line of cells that csv_cell has made, with its CRLF.
std::string csv_row(const std::vector<std::string>& cells);

}  // namespace mqtts::reports
