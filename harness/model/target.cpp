#include "harness/model/target.h"

#include <string_view>

namespace mqtts {

std::string restart_command(const BrokerProfile& broker) {
  constexpr std::string_view systemd = "systemctl start ";
  const auto at = broker.start_command.rfind(systemd);
  if (at != std::string::npos) return "sudo systemctl restart " + broker.start_command.substr(at + systemd.size());
  if (broker.pid_file.empty()) return broker.start_command;
  return (broker.sudo ? "sudo " : "") + ("kill $(cat " + broker.pid_file + "); sleep 1; ") + (broker.sudo ? "sudo " : "") +
         broker.start_command;
}

}  // namespace mqtts
