#include "harness/model/facts.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/model/words.h"
#include "harness/util/name_table.h"

namespace mqtts {
namespace {

using namespace std::string_view_literals;

constexpr std::array comparisons = {
    std::pair(Comparison::equals, "equals"sv), std::pair(Comparison::one_of, "one_of"sv),
    std::pair(Comparison::contains, "contains"sv), std::pair(Comparison::at_least, "at_least"sv),
    std::pair(Comparison::at_most, "at_most"sv)};

bool contains(const FactValue& whole, const FactValue& part) {
  const auto* text = std::get_if<std::string>(&part);
  if (text == nullptr) return false;
  if (const auto* list = std::get_if<std::vector<std::string>>(&whole))
    return std::ranges::find(*list, *text) != list->end();
  const auto* around = std::get_if<std::string>(&whole);
  return around != nullptr && around->find(*text) != std::string::npos;
}

}  // namespace

std::string_view to_string(Comparison comparison) { return name_of(comparisons, comparison); }
std::optional<Comparison> comparison_from(std::string_view name) { return find_name(comparisons, name); }

template <>
std::vector<std::string> all_words<Comparison>() {
  return names_in(comparisons);
}

bool can_hold(Comparison comparison, FactType seen, const FactValue& wanted) {
  const bool is_text = std::holds_alternative<std::string>(wanted);
  switch (comparison) {
    case Comparison::equals: break;
    case Comparison::one_of: return seen == FactType::text && std::holds_alternative<std::vector<std::string>>(wanted);
    case Comparison::contains: return is_text && (seen == FactType::text || seen == FactType::texts);
    case Comparison::at_least:
    case Comparison::at_most: return seen == FactType::number && std::holds_alternative<double>(wanted);
  }
  switch (seen) {
    case FactType::flag: return std::holds_alternative<bool>(wanted);
    case FactType::number: return std::holds_alternative<double>(wanted);
    case FactType::text: return is_text;
    case FactType::texts: break;
  }
  return std::holds_alternative<std::vector<std::string>>(wanted);
}

bool holds(Comparison comparison, const FactValue& seen, const FactValue& wanted) {
  switch (comparison) {
    case Comparison::equals: return seen == wanted;
    case Comparison::one_of: return std::holds_alternative<std::string>(seen) && contains(wanted, seen);
    case Comparison::contains: return contains(seen, wanted);
    case Comparison::at_least:
    case Comparison::at_most: break;
  }
  const auto* number = std::get_if<double>(&seen);
  const auto* limit = std::get_if<double>(&wanted);
  if (number == nullptr || limit == nullptr) return false;
  return comparison == Comparison::at_least ? *number >= *limit : *number <= *limit;
}

std::string to_text(const FactValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value))
    return list->empty() ? "[]" : fmt::format("{}", fmt::join(*list, ", "));
  return std::get<std::string>(value);
}

}  // namespace mqtts
