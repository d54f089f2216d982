// The summary of a run for a terminal or a CI log.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/style.h"
#include "reports/terminal_style.h"
#include "reports/translator.h"

namespace mqtts::reports {

enum class Detail {
  troubles,    // for checks that did not pass
  everything,  // for all checks, with each client's observation
};

// Lists for each target its stages, the failed checks with their hints, and the score. Ends with a newline. Control
// characters of hostile texts are made visible; escape sequences come only from `style`.
std::string summary(const Report& report, const Translator& tr, const Style& style, Detail detail = Detail::troubles);

// Lists each target's stages and score, without details of failed checks.
std::string standing(const Report& report, const Translator& tr, const Style& style);

// One check as in the summary: expected and observed values, the hint, the line to paste.
std::string details(const StageResult& stage, const CheckResult& check, const Translator& tr, const Style& style,
                    Detail detail = Detail::troubles);

// A verdict at the start of a line, "✔ pass ": all four have the same width.
std::string mark(Verdict verdict, const Translator& tr, const TerminalStyle& ink);
std::size_t mark_width(const Translator& tr);

}  // namespace mqtts::reports
