#include "harness/json/variables.h"

#include <algorithm>

namespace mqtts::json {

const std::vector<std::string>& late_variables() {
  static const std::vector<std::string> names = {"broker.address",
                                                 "broker.plain_port",
                                                 "broker.tls_port",
                                                 "broker.websocket_port",
                                                 "broker.secure_websocket_port",
                                                 "broker.websocket_path",
                                                 "broker.plain_listener",
                                                 "broker.tls_listener",
                                                 "broker.user",
                                                 "broker.configuration",
                                                 "broker.log",
                                                 "broker.restart",
                                                 "host.home",
                                                 "host.root",
                                                 "random"};
  return names;
}

bool is_late_variable(std::string_view name) {
  return std::ranges::find(late_variables(), name) != late_variables().end();
}

std::string substitute(std::string_view text, const ValueOf& value_of) {
  std::string out;
  while (true) {
    const auto open = text.find("${");
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text);
    const auto value = value_of(std::string(text.substr(open + 2, close - open - 2)));
    out.append(text.substr(0, open)).append(value ? *value : text.substr(open, close - open + 1));
    text.remove_prefix(close + 1);
  }
}

bool has_unclosed_variable(std::string_view text) {
  const auto last = text.rfind("${");
  return last != std::string_view::npos && text.find('}', last) == std::string_view::npos;
}

}  // namespace mqtts::json
