#include "harness/cli/run_info.h"

#include <ctime>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/pki/random.h"
#include "harness/util/utc.h"

namespace mqtts::cli {
namespace {

std::vector<std::string> without_values_of_variables(std::vector<std::string> arguments) {
  bool next_is_assignment = false;
  for (auto& argument : arguments) {
    const bool attached = argument.starts_with("--var=");
    const auto equals = argument.find('=', attached ? 6 : 0);
    if ((next_is_assignment || attached) && equals != std::string::npos)
      argument.replace(equals + 1, std::string::npos, "***");
    next_is_assignment = argument == "--var";
  }
  return arguments;
}

}  // namespace

RunInfo run_info(const Plan& plan, const std::vector<std::string>& arguments) {
  const auto now = std::time(nullptr);
  return {.id = fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(now), pki::random_text().substr(0, 4)),
          .started = utc_of_seconds(now),
          .tool = "mqtts-harness " MQTTS_VERSION,
          .plan = plan.name,
          .plan_title = plan.title,
          .plan_sha256 = plan.sha256,
          .plan_file = plan.path,
          .command = without_values_of_variables(arguments)};
}

void add_report_option(CLI::App& command, std::vector<std::string>& reports, const std::string& description) {
  command.add_option("--report", reports, description)
      ->type_name("FMT[=PATH]")
      ->allow_extra_args(false)
      ->group("Reports");
}

Result<std::vector<reports::ReportRequest>> wanted_reports(const std::vector<std::string>& asked,
                                                           const std::vector<std::string>& by_default) {
  std::vector<reports::ReportRequest> wanted{{"json", std::nullopt}};
  for (const auto& text : asked.empty() ? by_default : asked) {
    auto one = reports::wanted_from(text);
    if (!one) return tl::make_unexpected(one.error());
    if (one->format == "json" && !one->path) continue;
    wanted.push_back(*std::move(one));
  }
  return wanted;
}

}  // namespace mqtts::cli
