#include "harness/targets/ssh_destination.h"

#include <algorithm>

#include "harness/util/parse_number.h"

namespace mqtts::targets {
namespace {

// Rejects characters that no user or host name has, and a leading "-", which programs would read as an option.
bool is_name(std::string_view text) {
  return !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, [](unsigned char c) {
    return c > ' ' && c != 0x7f && std::string_view("@/[]\"'\\`$").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

bool is_base64(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

std::optional<SshPlace> parse_ssh_place(std::string_view text, std::uint16_t port) {
  SshPlace place{.port = port};
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    place.user = text.substr(0, at);
    if (!is_name(place.user)) return std::nullopt;
    text.remove_prefix(at + 1);
  }
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!is_name(host)) return std::nullopt;
  place.host = host;
  if (rest.empty()) return place;
  place.port = number_in<std::uint16_t>(rest.substr(1)).value_or(0);
  if (rest.front() != ':' || place.port == 0) return std::nullopt;
  return place;
}

bool set_host_key(SshAddress& address, std::string_view text) {
  constexpr std::string_view prefix = "SHA256:";
  constexpr std::size_t letters = 43;  // 32 bytes in Base64 without padding
  const auto hash = text.substr(std::min(prefix.size(), text.size()));
  if (text == "strict") {
    address.host_key = HostKeyPolicy::strict;
  } else if (text == "accept-new") {
    address.host_key = HostKeyPolicy::accept_new;
  } else if (text.starts_with(prefix) && hash.size() == letters && std::ranges::all_of(hash, is_base64)) {
    address.host_key = HostKeyPolicy::pinned;
    address.fingerprint = text;
  } else {
    return false;
  }
  return true;
}

}  // namespace mqtts::targets
