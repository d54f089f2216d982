// The lab's own material: a target's "materials" and a plan's "given" have the same format.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/json/object_reader.h"
#include "harness/model/material_sources.h"

namespace mqtts::plan {

// Returns the stored form of the path `written` at `node`; reports its problems.
using GivenFile = std::function<std::string(const json::Node& node, const std::string& written)>;

// Whether an identity may be a list, of which the first existing entry counts.
enum class Alternatives {
  none,
  allowed
};

MaterialSources read_given(json::ReadContext& context, const json::Node& node, std::string_view label,
                           const GivenFile& file, Alternatives alternatives = Alternatives::none);

}  // namespace mqtts::plan
