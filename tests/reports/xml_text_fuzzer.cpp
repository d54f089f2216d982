// Any input gives XML 1.0 text, and cleaning it again changes nothing.
#include <cstdint>
#include <cstdlib>

#include "harness/util/utf8.h"
#include "reports/plain_text.h"
#include "reports/xml_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqtts::reports;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto text = xml_text(bytes);
  if (xml_text(text) != text || valid_utf8(text) != text) std::abort();
  for (const char c : text)
    if (c >= 0 && c < 0x20 && c != '\t' && c != '\n') std::abort();
  for (const auto& line : plain_lines(bytes))
    if (line.find_first_of("\x1b\r\n") != std::string::npos || plain_line(line) != line) std::abort();
  if (columns_of(cut(bytes, 10, "...")) > 10) std::abort();
  wrapped(bytes, 10);
  return 0;
}
