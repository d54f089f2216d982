#include "harness/cli/grade/shard.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace mqtts::cli {
namespace {

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<Shard> shard_from(const std::string& text) {
  if (text.empty()) return Shard{};
  const auto slash = text.find('/');
  if (slash != std::string::npos) {
    const auto part = number_in(std::string_view(text).substr(0, slash));
    const auto parts = number_in(std::string_view(text).substr(slash + 1));
    if (part && parts && *part >= 1 && *part <= *parts) return Shard{*part, *parts};
  }
  return failure(ErrorKind::usage, msg("--shard {text}: it is written I/N, from 1/N to N/N", {{"text", text}}));
}

}  // namespace mqtts::cli
