// How much a failed check matters, and what demands it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mqtts {

// Ascending.
enum class Severity {
  info,      // worth knowing; a failure weakens nothing by itself
  low,       // helps an attack that needs more
  medium,    // lets somebody do what they should not, under conditions that are met now and then
  high,      // lets one kind of attacker in, or keeps users out
  critical,  // anybody gets in, or secrets are readable, now
};

std::string_view to_string(Severity);  // "critical"
std::optional<Severity> severity_from(std::string_view);

// A document that demands what a check asks for.
struct Reference {
  std::string name;   // "MQTT 5.0, section 5.4.2"
  std::string title;  // of that section; may be empty
  std::string url;    // may be empty
  bool operator==(const Reference&) const = default;
};

}  // namespace mqtts
