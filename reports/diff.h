// Prints a comparison for a terminal or for a program.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "reports/compare.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::reports {

// One line for each target with its score before and after; below it the checks that broke, improved, or changed
// otherwise. For unchanged targets, only their number. Ends with a newline.
std::string diff_text(const Comparison& comparison, const Translator& tr, const Style& style);

// The lines of one target's checks; empty if no verdict has changed.
std::string changes_text(const TargetChange& target, const Translator& tr, const Style& style);

// diff_text for programs: {"same_plan", "improved", "broke", "other", "targets": [{"name", "score": {"before",
// "after"}, "checks": [{"stage", "check", "change", "before", "after"}]}]}; a missing value is null.
nlohmann::ordered_json diff_json(const Comparison& comparison);

}  // namespace mqtts::reports
