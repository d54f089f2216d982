// Reads the results of earlier runs from files and folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Returns a file itself; for a folder its results.json or, if it has none, the results.json of each subfolder, by name.
// ErrorKind::invalid_input if there is none.
Result<std::vector<std::filesystem::path>> results_files(const std::filesystem::path& argument);

struct Results {
  Report report;
  std::vector<Message> doubts;  // see reports/merge.h
  std::size_t files = 0;        // number of files read
};

// Merges all of them into one report, with a class summary if it is a class. Recomputes its exit code if several files
// were read. ErrorKind::invalid_input, naming the file, if one cannot be read; the message uses `tr`.
Result<Results> read_results_files(const std::vector<std::string>& arguments, const reports::Translator& tr);

// Recomputes the summary of a class, and the exit code.
void sum_up(Report& report);

}  // namespace mqtts::cli
