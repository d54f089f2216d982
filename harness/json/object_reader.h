// Reads the members of JSON objects into C++ values; reports missing, mistyped and unknown ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/did_you_mean.h"
#include "harness/json/json.h"
#include "harness/util/message.h"

namespace mqtts::json {

// Shared by all readers of one file.
struct ReadContext {
  Diagnostics& problems;
  // The plan's own variables, substituted in each text as it is read; null: no substitution.
  const std::map<std::string, std::string>* variables = nullptr;

  void fault(const Node& node, Message message) { problems.add(node.at, std::move(message)); }
  // Returns the entry of `known` nearest to `written`; empty if none is near.
  std::string did_you_mean(std::string_view written, const std::vector<std::string>& known) const {
    return problems.is_full() ? "" : json::did_you_mean(written, known);
  }
};

struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

constexpr Range port_range{1, 65535};

enum class Lines {
  one,
  many
};

// A text of a list after substitution, and its place.
struct TextAt {
  const Node* node = nullptr;
  std::string text;
};

// On error every reader records a diagnostic and returns none (or its empty or default value). `label` is the name of
// the value in the file.

bool has_control_characters(std::string_view text);

// Reads a text without control characters (Lines::many allows tabs and line ends); substitutes variables.
std::optional<std::string> read_text(ReadContext& context, const Node& node, std::string_view label,
                                     Lines lines = Lines::one);

// Returns false if the file states another kind or version than `wanted`: do not read the rest.
bool check_version(ReadContext& context, const Node& root, const std::string& wanted);

// Checks a key or id that names something: letters, digits, and "._-" after the first; at most 64.
bool check_name(ReadContext& context, std::size_t at, std::string_view name);

// Returns {"name": shown, "known": the known names}: for "there is no … \"{name}\"; known: {known}".
std::map<std::string, std::string> unknown(std::string_view name, const std::vector<std::string>& known);

template <class Value>
std::vector<std::string> keys_of(const std::map<std::string, Value>& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& entry : map) keys.push_back(entry.first);
  return keys;
}

class ObjectReader {
 public:
  // Reports `node` if it is no object, and each of its keys that is not in `known`.
  ObjectReader(ReadContext& context, const Node& node, std::string_view label, const std::vector<std::string>& known);

  ReadContext& context() const { return *context_; }
  const Node& node() const { return *node_; }
  bool is_object() const { return node_->as<Node::Object>() != nullptr; }
  const Node* find(std::string_view key) const { return node_->find(key); }
  const Node* need(std::string_view key) const;

  std::string text(std::string_view key) const;  // required; empty if missing or invalid
  std::optional<std::string> optional_text(std::string_view key) const;
  std::string name(std::string_view key) const;  // required, a valid name; empty if not; no variables
  LocalText local_text(std::string_view key, const std::string& otherwise) const;  // {"en", "fr"}; no variables
  LocalText local_text_with_variables(std::string_view key) const;                 // none if it is not there
  std::int64_t integer(std::string_view key, Range range, std::int64_t otherwise) const;
  double number(std::string_view key, Range range, double otherwise) const;
  bool flag(std::string_view key, bool otherwise) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<TextAt> texts_at(std::string_view key) const;

  // Returns the members of the object, or the elements of the list, at `key`; empty if there is none.
  const Node::Object& members(std::string_view key) const;
  const Node::Array& elements(std::string_view key) const;

 private:
  ReadContext* context_;
  const Node* node_;
};

}  // namespace mqtts::json
