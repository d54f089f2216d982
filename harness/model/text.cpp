#include "harness/model/text.h"

namespace mqtts {

std::string fill(const std::string& pattern, const std::map<std::string, std::string>& args) {
  std::string out;
  std::size_t from = 0;
  while (from < pattern.size()) {
    const auto open = pattern.find('{', from);
    const auto close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) break;
    const auto found = args.find(pattern.substr(open + 1, close - open - 1));
    out.append(pattern, from, open - from);
    out.append(found == args.end() ? pattern.substr(open, close - open + 1) : found->second);
    from = close + 1;
  }
  return out.append(pattern, from);
}

}  // namespace mqtts
