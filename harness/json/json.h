// JSON that knows where each thing stands: nlohmann's parser, and a tree of our own with places in it.
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
  using Object = std::vector<Member>;  // as written, no key twice

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

// More than any person writes, and few enough that no reader need fear what is quadratic.
inline constexpr std::size_t most_bytes = std::size_t{1024} * 1024;
inline constexpr std::size_t most_entries = 1000;  // of one list or object
inline constexpr std::size_t deepest_nesting = 64;

// Tells `problems` and returns nothing if `text` is not JSON or is more than we take. A key that stands twice is
// told, too; the first one counts. `most`: entries of one list or object.
std::optional<Node> parse_json(std::string_view text, Diagnostics& problems, std::size_t most = most_entries);

}  // namespace mqtts::json
