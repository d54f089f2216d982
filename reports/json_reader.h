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
struct JsonPath {
  const nlohmann::json& value;
  std::string where;
  ParseError& complaint;

  void fail(Message what) const {
    if (complaint.empty()) complaint = std::move(what);
  }
};

void read(const JsonPath& path, std::string& text);
void read(const JsonPath& path, bool& yes);
void read(const JsonPath& path, int& number);
void read(const JsonPath& path, double& number);  // never negative
void read(const JsonPath& path, std::map<std::string, std::string>& texts);

template <class T>
void read(const JsonPath& path, std::optional<T>& value) {
  read(path, value.emplace());
}

template <class T>
void read(const JsonPath& path, std::vector<T>& list) {
  if (!path.value.is_array()) return path.fail(msg("{where} must be a list", {{"where", path.where}}));
  for (const auto& element : path.value) {
    const auto where = path.where + '[' + std::to_string(list.size()) + ']';
    read(JsonPath{element, where, path.complaint}, list.emplace_back());
  }
}

// Reads a word that `from` accepts; `all` lists them for messages.
template <class Enum>
void read_word(const JsonPath& path, Enum& value, std::optional<Enum> (*from)(std::string_view), const char* all) {
  std::string word;
  read(path, word);
  if (const auto found = from(word)) {
    value = *found;
  } else {
    path.fail(msg("{where} must be one of {words}", {{"where", path.where}, {"words", all}}));
  }
}

// The keys of one object, each requested once; done() reports those that were not requested.
class Object {
 public:
  explicit Object(const JsonPath& path);

  template <class T>
  void required(const char* key, T& value) {
    if (!take(key, value)) complain_missing(key);
  }

  template <class T>
  void optional(const char* key, T& value) {
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

  JsonPath at(std::string_view key, const nlohmann::json& value) const;
  void complain_missing(const char* key) const;

  const JsonPath& place_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace mqtts::reports
