#include "harness/remote/broker_state.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "harness/brokers/drivers.h"
#include "harness/remote/scripts.h"
#include "harness/util/parse_number.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view change_sh;
extern const std::string_view configuration_sh;
extern const std::string_view fetch_sh;
extern const std::string_view host_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {
namespace {

constexpr std::size_t longest_part = 256 << 10;  // bytes
constexpr std::int64_t rounding = 1;             // seconds, of the broker's start

}  // namespace

std::string change_script(const BrokerProfile& profile, const std::vector<std::string>& material) {
  return fmt::format("{}{}{}\n{}\nname={}\nconf={}\npid_file={}\nmost={}\nmaterial={}\nlisteners={}\n{}",
                     texts::host_sh, brokers::driver_of(profile).script(), texts::fetch_sh, texts::configuration_sh,
                     shell_quoted(profile.process), shell_quoted(profile.configuration_path),
                     shell_quoted(profile.pid_file), longest_part,
                     shell_quoted(fmt::format("{}", fmt::join(material, "\n"))),
                     shell_quoted(hexadecimal_ports(profile)), texts::change_sh);
}

Result<BrokerState> parse_broker_state(const std::string& output) {
  BrokerState state;
  std::int64_t started = 0, newest = 0;
  bool is_whole = false;
  for (std::string_view rest = output; !rest.empty() && !is_whole;) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto key = line.substr(0, line.find(' '));
    const auto value = line.substr(std::min(key.size() + 1, line.size()));
    if (key == "configuration") state.configuration = value;
    if (key == "files") state.files = value;
    if (key == "material") state.material = value;
    if (key == "broker" && value != "none") state.process = value;
    if (key == "started") started = leading_number<std::int64_t>(value);
    if (key == "newest") newest = leading_number<std::int64_t>(value);
    is_whole = line == "end";
  }
  if (!is_whole || state.configuration.empty() || state.files.empty() || state.material.empty())
    return failure(ErrorKind::remote, msg("the broker's host gave an answer that cannot be understood"),
                   msg("it must have the usual commands of a GNU or busybox system, and /proc"),
                   output.substr(0, 1000));
  state.newer_than_broker = !state.process.empty() && newest > started + rounding;
  return state;
}

Result<BrokerState> broker_state(SshBrokerHost& host, const BrokerProfile& profile,
                                 const std::vector<std::string>& material, const Deadline& deadline) {
  return host.ask(change_script(profile, material), deadline).and_then([](const ssh::ShellOutput& output) {
    return parse_broker_state(output.out);
  });
}

}  // namespace mqtts::remote
