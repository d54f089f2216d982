// One kind of probe: what plans may say of it, and how it runs.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/model/probe.h"

namespace mqtts {

struct ProbeParameter {
  enum class Type {
    topic,   // a topic name to publish to: no wildcards (MQTT 3.1.1, 4.7.1)
    filter,  // a topic filter
    number,  // decimal, not negative
    flag,    // "true" or "false"
    text     // any, of UTF-8 without control characters
  };
  std::string_view name;
  Type type{};
  bool required = false;
  int most = 999'999'999;  // of a number
};

struct ProbeKind {
  std::string_view name;
  std::vector<std::string_view> roles = {};  // of other clients
  std::vector<ProbeParameter> parameters = {};
  std::vector<FactKind> facts = {};  // that it may see besides those of every connection (facts_of)
  Needs needs = {};
  bool waits = false;  // most of its time, and may do so beside other attempts: it obeys Attempt::begins_to_wait
  // Makes one attempt. See Prober::observe.
  Result<Observation> (*run)(const Attempt& attempt, const Deadline& deadline) = nullptr;
};

// Borrowed. The loader checks plans against it, and the prober runs it.
using ProbeKinds = std::span<const ProbeKind>;

// Null if there is none.
inline const ProbeKind* find_kind(ProbeKinds kinds, std::string_view name) {
  for (const auto& kind : kinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

}  // namespace mqtts
