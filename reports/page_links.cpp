#include "reports/page_links.h"

#include <system_error>

#include <fmt/format.h>

namespace mqtts::reports {
namespace fs = std::filesystem;
namespace {

bool is_unreserved(char c) {  // RFC 3986, section 2.3
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// Encodes colons, too: a relative URL must not look like an absolute one.
std::string url_of(const fs::path& path) {
  std::string url;
  for (const char c : path.generic_string())
    url += is_unreserved(c) || c == '/' ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return url;
}

fs::path whole(const fs::path& path) { return fs::absolute(path.empty() ? "." : path).lexically_normal(); }

bool is_one_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string::npos;
}

}  // namespace

void Pages::add(const std::string& target, const fs::path& path) { paths_[target] = whole(path); }

void Pages::link(std::vector<TargetResult>& targets, const fs::path& folder) const {
  for (auto& target : targets) {
    target.page.clear();
    if (const auto known = paths_.find(target.name); known != paths_.end()) {
      target.page = url_of(known->second.lexically_relative(whole(folder)));
      continue;
    }
    std::error_code ignored;
    const auto beside = fs::path(target.name) / "report.html";
    if (is_one_name(target.name) && fs::is_regular_file(folder / beside, ignored)) target.page = url_of(beside);
  }
}

}  // namespace mqtts::reports
