// Formats findings for people and for programs. Pure.
#pragma once

#include <string>

#include "harness/doctor/finding.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::doctor {

enum class Detail {
  troubles,  // `broken` and `unknown` only
  all,
};

// One line for each finding, its fix below it, and a summary at the end. Ends with a newline.
std::string lines_of(const Findings& all, const reports::Translator& tr, const reports::Style& style, Detail detail);

// {"target", "exit_code", "findings": [{"id", "state", "sentence", "fix"?, "detail"?}]}; sentences are in the
// translator's language, ids and states in English.
std::string json_of(const Findings& all, const std::string& target, int exit_code, const reports::Translator& tr);

}  // namespace mqtts::doctor
