// Findings for people and for programs. Pure.
#pragma once

#include <string>

#include "harness/doctor/finding.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::doctor {

enum class Detail {
  troubles,  // only what needs mending or could not be told
  all,
};

// A line a finding, under it its fix, and what it comes to. Ends with a line end.
std::string lines_of(const Findings& all, const reports::Translator& tr, const reports::Style& style, Detail detail);

// {"target", "exit_code", "findings": [{"id", "state", "sentence", "fix"?, "detail"?}]}; sentences in the words'
// language, ids and states always the same.
std::string json_of(const Findings& all, const std::string& target, int exit_code, const reports::Translator& tr);

}  // namespace mqtts::doctor
