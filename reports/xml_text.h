// Text that every XML 1.0 parser accepts.
#pragma once

#include <string>
#include <string_view>

namespace mqtts::reports {

// `text` with U+FFFD in place of all that XML 1.0 section 2.2 leaves out: control characters, surrogates,
// U+FFFE and U+FFFF, and bytes that are not UTF-8. Line ends become LF, as a parser would make them
// (section 2.11). Escaping `<` and `&` is left to the XML library.
std::string xml_text(std::string_view text);

}  // namespace mqtts::reports
