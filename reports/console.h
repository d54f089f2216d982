// The end of a run, told on a terminal or in a CI log.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/style.h"
#include "reports/terminal_style.h"
#include "reports/translator.h"

namespace mqtts::reports {

enum class Detail {
  troubles,    // of the checks that did not pass
  everything,  // of all checks, with what each witness saw
};

// For each target its stages, what went wrong and how to mend it, and the score. Ends with a newline.
// Control characters of hostile texts are made visible; nothing but `style` puts an escape in.
std::string summary(const Report& report, const Translator& tr, const Style& style, Detail detail = Detail::troubles);

// Where each target stands: its stages and its score, without what went wrong.
std::string standing(const Report& report, const Translator& tr, const Style& style);

// One check as the summary tells it: what was expected, what was seen, how to mend it, the line to paste.
std::string details(const StageResult& stage, const CheckResult& check, const Translator& tr, const Style& style,
                    Detail detail = Detail::troubles);

// A verdict as it begins a line, "✔ pass ": as wide for each of the four.
std::string mark(Verdict verdict, const Translator& tr, const TerminalStyle& ink);
std::size_t mark_width(const Translator& tr);

}  // namespace mqtts::reports
