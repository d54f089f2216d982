// Options of the commands that record their traffic, and what they do with it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "harness/cli/app.h"
#include "harness/model/report.h"
#include "harness/util/error.h"
#include "harness/wire/capture.h"
#include "reports/translator.h"

namespace mqtts::cli {

struct CaptureOptions {
  bool capture = false;
  bool keys = false;
};

// --capture and --keylog, in `group` of --help. `options` must outlive the command.
void add_capture_options(CLI::App& command, CaptureOptions& options, const std::string& group);

// ErrorKind::usage if the keys have no capture to stand in.
Result<void> check_usage(const CaptureOptions& options);

// Null if nothing is to be recorded.
std::unique_ptr<wire::CaptureFolder> recorder_for(const CaptureOptions& options, const std::filesystem::path& folder);

// Prints what could not be recorded.
void print_failure(const wire::CaptureFolder* recorder, const reports::Translator& tr);

}  // namespace mqtts::cli
