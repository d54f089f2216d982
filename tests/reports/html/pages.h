// Shared by the tests of both HTML reports.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "reports/files.h"
#include "tests/reports/temporary_folder.h"

namespace mqtts::reports {

// A page without its style sheet, which changes more often than the content.
inline std::string without_style(std::string page) {
  const std::string begin = "<style>";
  const auto from = page.find(begin) + begin.size();
  const auto to = page.find("</style>");
  if (to == std::string::npos) return page;
  return page.replace(from, to - from, "…");
}

// All of an element's text, in order.
inline std::string text_in(const pugi::xml_node& node) {
  std::string text = node.value();
  for (const auto& child : node.children()) text += text_in(child);
  return text;
}

// Independent parsers report no error.
inline void expect_whole(const std::string& page) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "page.html";
  ASSERT_TRUE(write_whole(path, page));
  for (const std::string reader : {MQTTS_PYTHON_READS_HTML, MQTTS_XMLLINT_READS}) {
    if (reader.empty()) continue;
    EXPECT_EQ(std::system((reader + ' ' + path.string()).c_str()), 0) << reader;
  }
}

}  // namespace mqtts::reports
