#include "harness/audit/first_look.h"

#include <algorithm>

#include "harness/util/read_file.h"
#include "harness/wire/probe_connection.h"
#include "harness/wire/tcp.h"

namespace mqtts::audit {
namespace {

// The first address at which the port takes a connection; empty: none.
std::string answering_address(const std::vector<std::string>& addresses, std::uint16_t port, const Deadline& deadline) {
  const auto found = std::ranges::find_if(addresses, [&](const std::string& address) {
    const auto connection = wire::connect_tcp(address, port, deadline);
    return connection && connection->outcome == wire::TcpOutcome::connected;
  });
  return found == addresses.end() ? "" : *found;
}

bool is_trusted(const std::string& address, const MqttAddress& broker, const std::string& ca_file,
                const Deadline& deadline) {
  const auto text = read_file(ca_file);
  if (!text) return false;
  const Client client{.address = address,
                      .port = broker.tls_port,
                      .name = broker.host,
                      .tls = true,
                      .trust = Pem{.text = *text, .file = ca_file}};
  const auto seen = wire::probe_connection(client, deadline);
  return seen && seen->tls && seen->tls->verified == "ok" && seen->tls->key_proven;
}

}  // namespace

FirstLook first_look(const MqttAddress& broker, const std::string& ca_file, const Deadline& deadline) {
  FirstLook seen;
  const auto addresses = wire::addresses_of(broker.host, deadline);
  if (!addresses) return seen;
  const auto address = answering_address(*addresses, broker.tls_port, deadline);
  seen.tls_answers = !address.empty();
  seen.plain_answers = !answering_address(*addresses, broker.plain_port, deadline).empty();
  seen.is_trusted = seen.tls_answers && is_trusted(address, broker, ca_file, deadline);
  return seen;
}

}  // namespace mqtts::audit
