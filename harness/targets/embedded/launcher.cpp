#include "harness/targets/embedded/launcher.h"

#include <csignal>

#include "harness/util/fd.h"

namespace mqtts::targets {

namespace {

constexpr auto time_to_clean_up = std::chrono::seconds(5);

// Closes the lifeline; kills a host that does not end by that, and its guard cleans up.
void end(Helper& helper) {
  if (helper.process_id == 0) return;
  helper.lifeline = Fd();
  if (wait_for_end(helper.process_id, Deadline::in(time_to_clean_up))) return;
  kill(helper.process_id, SIGKILL);
  wait_for_end(helper.process_id, Deadline::in(time_to_clean_up));
}

}  // namespace

Result<EmbeddedHost> EmbeddedHost::start(const Deadline& deadline, const EmbeddedOptions& options) {
  std::vector<std::string> arguments;
  for (const auto& each : options.broker_environment) {
    arguments.emplace_back("--broker-environment");
    arguments.push_back(each);
  }
  auto helper = spawn_embedded_host(arguments);
  if (!helper) return tl::make_unexpected(helper.error());
  auto target_file = read_target_file(*helper, deadline);
  EmbeddedHost host(*std::move(helper), target_file.value_or(""));
  if (!target_file) return tl::make_unexpected(target_file.error());
  return host;
}

EmbeddedHost::EmbeddedHost(Helper helper, std::string target_file)
    : helper_(std::move(helper)), target_file_(std::move(target_file)) {}

EmbeddedHost::EmbeddedHost(EmbeddedHost&& other) noexcept
    : helper_(std::exchange(other.helper_, Helper())), target_file_(std::move(other.target_file_)) {}

EmbeddedHost::~EmbeddedHost() { end(helper_); }

}  // namespace mqtts::targets
