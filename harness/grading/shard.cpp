#include "harness/grading/shard.h"

#include <optional>
#include <string_view>

#include "harness/util/parse_number.h"

namespace mqtts::grading {
Result<Shard> shard_from(const std::string& text) {
  if (text.empty()) return Shard{};
  const auto slash = text.find('/');
  if (slash != std::string::npos) {
    const auto part = number_in<std::size_t>(std::string_view(text).substr(0, slash));
    const auto parts = number_in<std::size_t>(std::string_view(text).substr(slash + 1));
    if (part && parts && *part >= 1 && *part <= *parts) return Shard{*part, *parts};
  }
  return failure(ErrorKind::usage, msg("--shard {text}: it is written I/N, from 1/N to N/N", {{"text", text}}));
}

}  // namespace mqtts::grading
