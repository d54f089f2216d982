// The gradebook: a line a student, for a spreadsheet or for another program.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "gradebook.csv", RFC 4180: student_id, name, email, the roster's own columns, score, max_score, percent, bonus (where
// there is any: points that are among the score and not in max_score), late_percent, penalty, graded (yes or no),
// reason, and the points of each stage. Column names are the same in every language. Where there is no mark, score,
// percent, bonus, and the stages' cells are empty: that is not 0.
std::vector<File> gradebook(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
