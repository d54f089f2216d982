#include "harness/targets/vagrant/ssh_config.h"

#include <algorithm>

#include "harness/util/ascii.h"
#include "harness/util/parse_number.h"

namespace mqtts::targets {
namespace {

constexpr std::string_view blank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

struct Line {
  std::string keyword;  // in lower case; empty for a comment or an empty line
  std::string value;    // without its quotes
};

// "Keyword value", "Keyword=value", "Keyword "a value"". Vagrant does not quote every path with spaces, so a value
// extends to the end of the line.
Line parse_line(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text.front() == '#') return {};
  const auto end = std::min(text.find_first_of(" \t="), text.size());
  auto value = trimmed(text.substr(end));
  if (value.starts_with('=')) value = trimmed(value.substr(1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {lower_case(std::string(text.substr(0, end))), std::string(value)};
}

bool read_port(const std::string& value, std::uint16_t& port) {
  port = number_in<std::uint16_t>(value).value_or(0);
  return port != 0;
}

}  // namespace

std::optional<SshConfig> parse_ssh_config(std::string_view text) {
  SshConfig config;
  bool is_inside = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto [keyword, value] = parse_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (keyword == "host" && is_inside) break;
    if (keyword == "host") {
      is_inside = true;
      config.host = value;
    }
    if (!is_inside) continue;
    // As in OpenSSH, the first value of a keyword counts, and identity files accumulate.
    if (keyword == "hostname" && config.host_name.empty()) config.host_name = value;
    if (keyword == "user" && config.user.empty()) config.user = value;
    if (keyword == "port" && !read_port(value, config.port)) return std::nullopt;
    if (keyword == "identityfile" && !value.empty() && lower_case(value) != "none")
      config.identity_files.push_back(value);
  }
  if (config.host_name.empty() || config.user.empty()) return std::nullopt;
  return config;
}

}  // namespace mqtts::targets
