#include "harness/cli/capture_options.h"

#include <CLI/CLI.hpp>

#include "harness/cli/output.h"

namespace mqtts::cli {

void add_capture_options(CLI::App& command, CaptureOptions& options, const std::string& group) {
  command
      .add_flag("--capture", options.capture,
                "Record the traffic with the broker, for Wireshark: captures/STAGE/CHECK.pcapng beside the reports")
      ->group(group);
  command
      .add_flag("--keylog", options.keys,
                "Record the keys of TLS in the captures, too, so that Wireshark decrypts them: whoever has such a file "
                "reads all that was said, passwords too")
      ->group(group);
}

Result<void> check_usage(const CaptureOptions& options) {
  if (options.capture || !options.keys) return {};
  return failure(ErrorKind::usage, msg("{one} needs {other}, too", {{"one", "--keylog"}, {"other", "--capture"}}),
                 msg("the keys are recorded in the captures"));
}

std::unique_ptr<wire::CaptureFolder> recorder_for(const CaptureOptions& options, const std::filesystem::path& folder) {
  if (!options.capture) return nullptr;
  return std::make_unique<wire::CaptureFolder>(folder, options.keys ? wire::Keys::recorded : wire::Keys::left_out);
}

void print_failure(const wire::CaptureFolder* recorder, const reports::Translator& tr) {
  if (recorder == nullptr) return;
  if (const auto failure = recorder->failure()) print_error(*failure, tr);
}

}  // namespace mqtts::cli
