// Enumerators and their names in files.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqtts {

template <class Enum, std::size_t n>
using NameTable = std::array<std::pair<Enum, std::string_view>, n>;

template <class Enum, std::size_t n>
std::optional<Enum> find_name(const NameTable<Enum, n>& table, std::string_view name) {
  const auto row = std::ranges::find(table, name, &std::pair<Enum, std::string_view>::second);
  return row == table.end() ? std::nullopt : std::optional(row->first);
}

// `value` must be in the table.
template <class Enum, std::size_t n>
std::string_view name_of(const NameTable<Enum, n>& table, Enum value) {
  return std::ranges::find(table, value, &std::pair<Enum, std::string_view>::first)->second;
}

template <class Enum, std::size_t n>
std::vector<std::string> names_in(const NameTable<Enum, n>& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.second);
  return names;
}

}  // namespace mqtts
