// A command: a row of the table in main.cpp and one file beside this one.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/app.h"
#include "harness/util/deadline.h"

namespace mqtts::cli {

// Runs a command whose options have been parsed; returns the exit code of the process. `arguments` are those of the
// process, without its name.
using Body = std::function<int(const std::vector<std::string>& arguments)>;

struct Command {
  const char* name;
  const char* summary;
  Body (*add)(CLI::App& command);  // adds the command's options; the body reads them when called
};

Body add_run(CLI::App& command);
Body add_plan(CLI::App& command);
Body add_grade(CLI::App& command);
Body add_audit(CLI::App& command);
Body add_explain(CLI::App& command);
Body add_list(CLI::App& command);
Body add_init(CLI::App& command);
Body add_restore(CLI::App& command);
Body add_validate(CLI::App& command);
Body add_lab(CLI::App& command);
Body add_doctor(CLI::App& command);
Body add_report(CLI::App& command);
Body add_diff(CLI::App& command);
Body add_schema(CLI::App& command);
Body add_completion(CLI::App& command);
Body add_version(CLI::App& command);
Body add_watch(CLI::App& command);

// `complete WHAT WORD…`, for the completions: prints the words that may stand for an option's value or as an argument,
// WHAT ("--stage", "plan"), on a line that begins with these words. Nothing for what is not offered. Returns the exit
// code.
int print_offers(const CLI::App& program, const std::vector<std::string>& arguments);
bool is_offered(std::string_view what);

}  // namespace mqtts::cli
