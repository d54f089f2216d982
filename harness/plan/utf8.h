// Is it UTF-8?
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace mqtts::plan {

// Puts a question mark in place of each byte that is part of no well-formed character (RFC 3629 section 4). Where the
// first one stood; none if all is well-formed.
std::optional<std::size_t> mask_invalid_utf8(std::string& text);

}  // namespace mqtts::plan
