// Numbers in text: decimal by default, without spaces, a sign only for a signed type, no "+".
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace mqtts {

// Parses the whole text as one number; none if it is anything else or does not fit.
template <class Number>
std::optional<Number> number_in(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Parses the number at the start of the text; 0 if there is none or it does not fit.
template <class Number>
Number leading_number(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace mqtts
