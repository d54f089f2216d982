// Gradebooks for import into learning platforms.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "gradebook-moodle.csv" for Moodle's CSV grade import (docs.moodle.org/en/Grade_import and grade/import/csv in its
// source): map from "ID number" or "Email address". The latter column exists only if every student has an address: the
// import assigns a line without one to the student of the line before. A cell without a grade is empty.
std::vector<File> moodle_gradebook(const Report& report, const Translator& tr);

// "gradebook-canvas.csv" for Canvas' gradebook import (lib/gradebook_importer.rb in its source): the student_id is the
// SIS User ID, the e-mail address the SIS Login ID, and the section is the roster's column "section", if present. A
// cell without a grade is empty.
std::vector<File> canvas_gradebook(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
