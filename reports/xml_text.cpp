#include "reports/xml_text.h"

#include "harness/util/utf8.h"

namespace mqtts::reports {
namespace {

bool is_xml_char(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n';
  return c != 0xfffe && c != 0xffff;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      lines += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      lines += '\n';
    }
  }
  return keep_only(lines, is_xml_char);
}

}  // namespace mqtts::reports
