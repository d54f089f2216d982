// Reads the members of JSON objects into C++ values, and tells what is missing, of the wrong kind, or unknown.
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

// What every reader of one file needs.
struct ReadContext {
  Diagnostics& problems;
  // The plan's own variables, put into each text as it is read; null: texts are taken as they stand.
  const std::map<std::string, std::string>* variables = nullptr;

  void fault(const Node& node, Message message) { problems.add(node.at, std::move(message)); }
  // The one of `known` that is meant by `written`; empty if none is near.
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

// A text of a list, its variables put in, and where it stands.
struct TextAt {
  const Node* node = nullptr;
  std::string text;
};

// All readers have told what is wrong when they give nothing (or the value that stands for nothing).
// `label` is what the value is called in the file.

bool has_control_characters(std::string_view text);

// A text without control characters (with Lines::many: but for tabs and line ends), its variables put in.
std::optional<std::string> read_text(ReadContext& context, const Node& node, std::string_view label,
                                     Lines lines = Lines::one);

// False if the file says that it is of another kind or version than `wanted`: the rest is then not worth reading.
bool check_version(ReadContext& context, const Node& root, const std::string& wanted);

// A key or an id that names something: letters, digits, and "._-" after the first; 64 at most.
bool check_name(ReadContext& context, std::size_t at, std::string_view name);

// {"name": shown, "known": the names that there are}: for "there is no … \"{name}\"; known: {known}".
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
  // Tells if `node` is no object, and each of its keys that is not in `known`.
  ObjectReader(ReadContext& context, const Node& node, std::string_view label, const std::vector<std::string>& known);

  ReadContext& context() const { return *context_; }
  const Node& node() const { return *node_; }
  bool is_object() const { return node_->as<Node::Object>() != nullptr; }
  const Node* find(std::string_view key) const { return node_->find(key); }
  const Node* need(std::string_view key) const;

  std::string text(std::string_view key) const;  // must be there; empty if it is not as it must be
  std::optional<std::string> optional_text(std::string_view key) const;
  std::string name(std::string_view key) const;  // must be there and be a name; empty if not; no variables
  LocalText local_text(std::string_view key, const std::string& otherwise) const;  // {"en", "fr"}; no variables
  std::int64_t integer(std::string_view key, Range range, std::int64_t otherwise) const;
  double number(std::string_view key, Range range, double otherwise) const;
  bool flag(std::string_view key, bool otherwise) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<TextAt> texts_at(std::string_view key) const;

  // The members of the object, or the elements of the list, that stands at `key`; none if there is none.
  const Node::Object& members(std::string_view key) const;
  const Node::Array& elements(std::string_view key) const;

 private:
  ReadContext* context_;
  const Node* node_;
};

}  // namespace mqtts::json
