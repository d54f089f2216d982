#include "harness/util/shell_quote.h"

#include <string_view>

namespace mqtts {

std::string shell_quoted(const std::string& text) {
  std::string word = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      word += "'\\''";
    } else {
      word += letter;
    }
  }
  return word + "'";
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,";
  const bool is_plain = !text.empty() && text.find_first_not_of(harmless) == std::string_view::npos;
  return is_plain ? text : shell_quoted(text);
}

}  // namespace mqtts
