#include "reports/translator.h"

#include <map>

#include <nlohmann/json.hpp>

namespace mqtts {

namespace texts {
extern const std::string_view messages_fr;
}

namespace reports {
namespace {

struct Forms {
  std::string singular;
  std::string plural;  // the same where there is only one form
};

void from_json(const nlohmann::json& json, Forms& forms) {
  const bool has_plural = json.is_array();
  forms.singular = has_plural ? json.at(0) : json;
  forms.plural = has_plural ? json.at(1) : json;
}

// English template -> French template, or its singular and plural. A file that is not such an object is a bug, found by
// the first test.
const std::map<std::string, Forms>& french() {
  static const auto table = nlohmann::json::parse(texts::messages_fr).get<std::map<std::string, Forms>>();
  return table;
}

}  // namespace

std::string Translator::operator()(const Message& message) const {
  if (lang_ == Lang::fr) {
    if (const auto found = french().find(message.text); found != french().end()) {
      const bool is_singular = message.plural.empty() || takes_singular(message, lang_);
      return fill(is_singular ? found->second.singular : found->second.plural, message.args);
    }
  }
  return to_english(message);
}

}  // namespace reports
}  // namespace mqtts
