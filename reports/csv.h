// The gradebook: one line for each student, for a spreadsheet or another program.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "gradebook.csv", RFC 4180: student_id, name, email, the roster's own columns, score, max_score, percent, bonus (if
// there is any: points included in score and not in max_score), late_percent, penalty, graded (yes or no), reason, and
// the points of each stage. Column names are the same in every language. For an ungraded student, score, percent, bonus
// and the stages' cells are empty: that is not 0.
std::vector<File> gradebook(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
