// A comparison, told on a terminal or to a program.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "reports/compare.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::reports {

// A line a target with its score before and after; below it what broke, what improved, and what else changed. Of
// targets that stayed as they were, their number. Ends with a newline.
std::string diff_text(const Comparison& comparison, const Translator& tr, const Style& style);

// Of one target, the lines of its checks; empty if no verdict has changed.
std::string changes_text(const TargetChange& target, const Translator& tr, const Style& style);

// diff_text for programs: {"same_plan", "improved", "broke", "other", "targets": [{"name", "score": {"before",
// "after"}, "checks": [{"stage", "check", "change", "before", "after"}]}]}; null stands for what is not there.
nlohmann::ordered_json diff_json(const Comparison& comparison);

}  // namespace mqtts::reports
