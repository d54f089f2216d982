#include "reports/translator.h"

#include <map>

#include <nlohmann/json.hpp>

namespace mqtts {

namespace texts {
extern const std::string_view messages_fr;
}

namespace reports {
namespace {

// English template -> French template. A file of another form is a bug, found by the first test.
const std::map<std::string, std::string>& french() {
  static const auto table = nlohmann::json::parse(texts::messages_fr).get<std::map<std::string, std::string>>();
  return table;
}

}  // namespace

std::string Translator::operator()(const Message& message) const {
  if (lang_ == Lang::fr) {
    if (const auto found = french().find(message.text); found != french().end())
      return fill(found->second, message.args);
  }
  return to_english(message);
}

}  // namespace reports
}  // namespace mqtts
