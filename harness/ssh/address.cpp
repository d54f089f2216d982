#include "harness/ssh/address.h"

#include <cerrno>
#include <system_error>

#include "harness/util/tcp.h"

namespace mqtts::ssh {

Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  const auto addresses = resolve(host, port, Families::of_this_machine, deadline);
  if (!addresses) return tl::make_unexpected(addresses.error());
  const std::string port_text = std::to_string(port);
  int error = ENOENT;
  for (const auto& each : *addresses) {
    auto attempt = open_tcp(each, deadline);
    if (attempt.error == 0) return std::move(attempt.socket);
    error = attempt.error;
    if (deadline.passed())
      return out_of_time(deadline,
                         msg("no answer from {host} port {port} in time", {{"host", host}, {"port", port_text}}),
                         msg("is the machine up, and does a firewall drop this port?"));
  }
  return failure(
      ErrorKind::unreachable, msg("cannot connect to {host} port {port}", {{"host", host}, {"port", port_text}}),
      msg("is the machine up, and does its SSH server listen on this port?"), std::generic_category().message(error));
}

Result<void> look_up_name(const std::string& host, const Deadline& deadline) {
  constexpr std::uint16_t any_port = 22;
  return resolve(host, any_port, Families::of_this_machine, deadline).map([](const auto&) {});
}

}  // namespace mqtts::ssh
