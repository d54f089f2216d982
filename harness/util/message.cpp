#include "harness/util/message.h"

namespace mqtts {

std::string fill(const std::string& pattern, const std::map<std::string, std::string>& args) {
  std::string out;
  std::size_t from = 0;
  while (from < pattern.size()) {
    const auto close = pattern.find('}', from);
    if (close == std::string::npos) break;
    // Takes the nearest brace before it: a lone one further left is text.
    const auto open = pattern.rfind('{', close);
    const bool named = open != std::string::npos && open >= from;
    const auto found = named ? args.find(pattern.substr(open + 1, close - open - 1)) : args.end();
    if (found == args.end()) {
      out.append(pattern, from, close + 1 - from);
    } else {
      out.append(pattern, from, open - from).append(found->second);
    }
    from = close + 1;
  }
  return from < pattern.size() ? out.append(pattern, from) : out;
}

}  // namespace mqtts
