// Makes text acceptable to every XML 1.0 parser.
#pragma once

#include <string>
#include <string_view>

namespace mqtts::reports {

// `text` with U+FFFD for every character that XML 1.0 section 2.2 excludes: control characters, surrogates, U+FFFE and
// U+FFFF, and bytes that are not UTF-8. Line ends become LF, as a parser would make them (section 2.11). The XML
// library escapes `<` and `&`.
std::string xml_text(std::string_view text);

}  // namespace mqtts::reports
