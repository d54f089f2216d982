// Named, typed facts of an observation, and what a plan demands of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mqtts {

// bool and numbers as JSON has them. A list is of texts.
using FactValue = std::variant<bool, double, std::string, std::vector<std::string>>;

// By name: "tls.version", "delivery.received". A fact that is absent was not seen: that is not false or 0.
using Facts = std::map<std::string, FactValue, std::less<>>;

enum class FactType {
  flag,  // true or false
  number,
  text,
  texts  // a list of texts
};

// A fact that a probe may see.
struct FactKind {
  std::string_view name;
  FactType type{};
};

enum class Comparison {
  equals,
  one_of,    // a text, of a list
  contains,  // a list has a text, or a text another
  at_least,  // numbers
  at_most
};

std::string_view to_string(Comparison);  // as plans write it: "one_of"
std::optional<Comparison> comparison_from(std::string_view);

// A fact that another check of the same stage saw.
struct FactOf {
  std::string check;
  std::string fact;
  bool operator==(const FactOf&) const = default;
};

struct Predicate {
  std::string fact;
  Comparison comparison{};
  std::variant<FactValue, FactOf> wanted;
  bool operator==(const Predicate&) const = default;
};

// False if no value of that type can be as `comparison` demands it of `wanted`.
bool can_hold(Comparison comparison, FactType seen, const FactValue& wanted);

// True if `seen` is as `comparison` demands it of `wanted`; false also for values of types that it cannot compare.
bool holds(Comparison comparison, const FactValue& seen, const FactValue& wanted);

// For people and logs: "TLSv1.3", "2048", "true", "a, b", "[]" for an empty list.
std::string to_text(const FactValue& value);

}  // namespace mqtts
