// ASCII lower case, independent of the locale; other bytes stay unchanged.
#pragma once

#include <string>

namespace mqtts {

inline std::string lower_case(std::string text) {
  for (auto& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

}  // namespace mqtts
