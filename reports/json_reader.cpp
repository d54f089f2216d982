#include "reports/json_reader.h"

namespace mqtts::reports {
namespace {

// YYYY-MM-DDTHH:MM:SSZ
bool is_time(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !is_digit : text[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace

void read(const JsonPath& path, std::string& text) {
  if (!path.value.is_string()) return path.fail(msg("{where} must be a text", {{"where", path.where}}));
  text = path.value.get<std::string>();
}

void read(const JsonPath& path, bool& yes) {
  if (!path.value.is_boolean()) return path.fail(msg("{where} must be true or false", {{"where", path.where}}));
  yes = path.value.get<bool>();
}

void read(const JsonPath& path, int& number) {
  using Limits = std::numeric_limits<int>;
  const double value = path.value.is_number_integer() ? path.value.get<double>() : std::nan("");
  if (!(value >= Limits::min() && value <= Limits::max()))
    return path.fail(msg("{where} must be a whole number", {{"where", path.where}}));
  number = path.value.get<int>();
}

void read(const JsonPath& path, double& number) {
  const double value = path.value.is_number() ? path.value.get<double>() : -1;
  if (value < 0) return path.fail(msg("{where} must be a number, 0 or more", {{"where", path.where}}));
  number = value;
}

void read(const JsonPath& path, std::map<std::string, std::string>& texts) {
  if (!path.value.is_object()) return path.fail(msg("{where} must be an object", {{"where", path.where}}));
  for (const auto& [key, value] : path.value.items())
    read(JsonPath{value, path.where + '.' + key, path.complaint}, texts[key]);
}

Object::Object(const JsonPath& path) : place_(path) {
  if (!path.value.is_object()) path.fail(msg("{where} must be an object", {{"where", path.where}}));
}

void Object::may_time(const char* key, std::string& value) {
  if (take(key, value) && !is_time(value)) {
    place_.fail(msg("{where} must be a time such as 2026-11-22T15:17:23Z", {{"where", place_.where + '.' + key}}));
  }
}

void Object::done() const {
  if (!place_.value.is_object()) return;
  for (const auto& [key, value] : place_.value.items()) {
    if (!asked_.contains(key)) place_.fail(msg("{where} is not known here", {{"where", at(key, value).where}}));
  }
}

JsonPath Object::at(std::string_view key, const nlohmann::json& value) const {
  return {value, place_.where + '.' + std::string(key), place_.complaint};
}

void Object::complain_missing(const char* key) const {
  place_.fail(msg("{where} is missing", {{"where", place_.where + '.' + key}}));
}

}  // namespace mqtts::reports
