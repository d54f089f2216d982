// The results of earlier runs, from files and folders that a user names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/translator.h"

namespace mqtts::cli {

// A file itself; of a folder its results.json or, if it has none, the results.json of each of its folders, by name.
// ErrorKind::invalid_input if there is none.
Result<std::vector<std::filesystem::path>> results_files(const std::filesystem::path& argument);

struct Results {
  Report report;
  std::vector<Message> doubts;  // see reports/merge.h
  std::size_t files = 0;        // how many were read
};

// All of them as one report, with the summary of its class if it is one. Its exit code is made anew if several files
// were read. ErrorKind::invalid_input, naming the file, if one cannot be read; `words` tell why.
Result<Results> read_results_files(const std::vector<std::string>& arguments, const reports::Translator& tr);

// Makes the summary of a class, and the exit code, anew.
void sum_up(Report& report);

}  // namespace mqtts::cli
