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

void read(const Place& place, std::string& text) {
  if (!place.value.is_string()) return place.complain(msg("{where} must be a text", {{"where", place.where}}));
  text = place.value.get<std::string>();
}

void read(const Place& place, bool& yes) {
  if (!place.value.is_boolean()) return place.complain(msg("{where} must be true or false", {{"where", place.where}}));
  yes = place.value.get<bool>();
}

void read(const Place& place, int& number) {
  using Limits = std::numeric_limits<int>;
  const double value = place.value.is_number_integer() ? place.value.get<double>() : std::nan("");
  if (!(value >= Limits::min() && value <= Limits::max()))
    return place.complain(msg("{where} must be a whole number", {{"where", place.where}}));
  number = place.value.get<int>();
}

void read(const Place& place, double& number) {
  const double value = place.value.is_number() ? place.value.get<double>() : -1;
  if (value < 0) return place.complain(msg("{where} must be a number, 0 or more", {{"where", place.where}}));
  number = value;
}

void read(const Place& place, std::map<std::string, std::string>& texts) {
  if (!place.value.is_object()) return place.complain(msg("{where} must be an object", {{"where", place.where}}));
  for (const auto& [key, value] : place.value.items())
    read(Place{value, place.where + '.' + key, place.complaint}, texts[key]);
}

Object::Object(const Place& place) : place_(place) {
  if (!place.value.is_object()) place.complain(msg("{where} must be an object", {{"where", place.where}}));
}

void Object::may_time(const char* key, std::string& value) {
  if (take(key, value) && !is_time(value)) {
    place_.complain(msg("{where} must be a time such as 2026-11-22T15:17:23Z", {{"where", place_.where + '.' + key}}));
  }
}

void Object::done() const {
  if (!place_.value.is_object()) return;
  for (const auto& [key, value] : place_.value.items()) {
    if (!asked_.contains(key)) place_.complain(msg("{where} is not known here", {{"where", at(key, value).where}}));
  }
}

Place Object::at(std::string_view key, const nlohmann::json& value) const {
  return {value, place_.where + '.' + std::string(key), place_.complaint};
}

void Object::complain_missing(const char* key) const {
  place_.complain(msg("{where} is missing", {{"where", place_.where + '.' + key}}));
}

}  // namespace mqtts::reports
