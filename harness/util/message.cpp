#include "harness/util/message.h"

namespace mqtts {

bool takes_singular(const Message& message, Lang lang) {
  const auto found = message.args.find("count");
  if (found == message.args.end()) return false;
  return found->second == "1" || (lang == Lang::fr && found->second == "0");
}

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

std::string to_english(const Message& message) {
  const bool is_singular = message.plural.empty() || takes_singular(message, Lang::en);
  return fill(is_singular ? message.text : message.plural, message.args);
}

}  // namespace mqtts
