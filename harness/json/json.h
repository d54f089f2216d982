// JSON with positions: nlohmann's parser builds a tree of our own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/json/diagnostics.h"

namespace mqtts::json {

struct Member;

struct Node {
  using Array = std::vector<Node>;
  using Object = std::vector<Member>;  // in the file's order, without duplicate keys

  std::size_t at = 0;  // offset of its first byte
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
  bool is_null() const { return as<std::nullptr_t>() != nullptr; }
  const Node* find(std::string_view key) const;  // null if this is no object or has no such key
};

struct Member {
  std::string key;
  std::size_t at = 0;  // offset of the key
  Node value;
};

// Limits: more than any person writes, and low enough for quadratic algorithms.
inline constexpr std::size_t most_bytes = std::size_t{1024} * 1024;
inline constexpr std::size_t most_entries = 1000;  // per list or object
inline constexpr std::size_t deepest_nesting = 64;

// A note for people, allowed in every object; it is not among the members of the Node.
inline constexpr std::string_view comment_key = "$comment";

// Adds to `problems` and returns none if `text` is not JSON or exceeds a limit. Also reports a duplicate key; the first
// one counts. `most`: entries per list or object. `begin`: the offset of the text's first byte (Diagnostics::add_file).
std::optional<Node> parse_json(std::string_view text, Diagnostics& problems, std::size_t most = most_entries,
                               std::size_t begin = 0);

}  // namespace mqtts::json
