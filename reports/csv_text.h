// RFC 4180 tables that no spreadsheet evaluates as formulas.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::reports {

// A cell that holds `text` on one line, quoted where RFC 4180 requires it. A text that a spreadsheet would evaluate
// gets an apostrophe before it: after white space of any kind it begins with = + - @ (or their full-width forms), or it
// begins with a tab or a line end. Control characters and bytes that are not UTF-8 become U+FFFD.
std::string csv_cell(std::string_view text);

// A number: decimal point, at most three decimals.
std::string csv_cell(double value);

// One line of cells made by csv_cell, with CRLF.
std::string csv_row(const std::vector<std::string>& cells);

}  // namespace mqtts::reports
