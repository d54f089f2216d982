// Reads structs from JSON strictly: missing keys, unknown keys and wrong types are errors.
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/util/message.h"

namespace mqtts::reports {

// The first error; empty if there is none.
using ParseError = Message;

// A value and its path for people: "targets[0].name".
struct Place {
  const nlohmann::json& value;
  std::string where;
  ParseError& complaint;

  void complain(Message what) const {
    if (complaint.empty()) complaint = std::move(what);
  }
};

void read(const Place& place, std::string& text);
void read(const Place& place, bool& yes);
void read(const Place& place, int& number);
void read(const Place& place, double& number);  // never negative
void read(const Place& place, std::map<std::string, std::string>& texts);

template <class T>
void read(const Place& place, std::optional<T>& value) {
  read(place, value.emplace());
}

template <class T>
void read(const Place& place, std::vector<T>& list) {
  if (!place.value.is_array()) return place.complain(msg("{where} must be a list", {{"where", place.where}}));
  for (const auto& element : place.value) {
    const auto where = place.where + '[' + std::to_string(list.size()) + ']';
    read(Place{element, where, place.complaint}, list.emplace_back());
  }
}

// Reads a word that `from` accepts; `all` lists them for messages.
template <class Enum>
void read_word(const Place& place, Enum& value, std::optional<Enum> (*from)(std::string_view), const char* all) {
  std::string word;
  read(place, word);
  if (const auto found = from(word)) {
    value = *found;
  } else {
    place.complain(msg("{where} must be one of {words}", {{"where", place.where}, {"words", all}}));
  }
}

// The keys of one object, each requested once; done() reports those that were not requested.
class Object {
 public:
  explicit Object(const Place& place);

  template <class T>
  void need(const char* key, T& value) {
    if (!take(key, value)) complain_missing(key);
  }

  template <class T>
  void may(const char* key, T& value) {
    take(key, value);
  }

  // "2026-11-22T15:17:23Z"
  void may_time(const char* key, std::string& value);

  void done() const;

 private:
  template <class T>
  bool take(const char* key, T& value) {
    asked_.insert(key);
    const auto found = place_.value.find(key);
    if (found == place_.value.end()) return false;
    read(at(key, *found), value);
    return true;
  }

  Place at(std::string_view key, const nlohmann::json& value) const;
  void complain_missing(const char* key) const;

  const Place& place_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace mqtts::reports
