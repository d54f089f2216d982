#include "harness/probes/intruder.h"

#include <utility>

namespace mqtts::probes {

Result<Client> intruder_of(const Attempt& attempt) {
  const auto found = attempt.others.find("intruder");
  const auto has_same = [&](const Client& other) {
    const auto certificate_of = [](const Client& client) {
      return client.identity ? client.identity->certificate.text : std::string();
    };
    return other.user_name == attempt.client.user_name && certificate_of(other) == certificate_of(attempt.client);
  };
  if (found == attempt.others.end() || has_same(found->second))
    return failure(ErrorKind::missing_material, msg("this needs a second account, as the probe's \"intruder\""));
  auto intruder = found->second;
  intruder.requires_client_id = true;
  return intruder;
}

Result<Bystander::Guest> log_in_as(const Client& client, const wire::ConnectPacket& packet, wire::TlsOffer offer,
                                   Clock::duration timeout, const Deadline& deadline) {
  auto link = wire::MqttLink::open(client, offer, deadline.within(timeout));
  if (!link) return tl::make_unexpected(link.error());
  auto answer = link->log_in(packet, deadline.within(timeout));
  if (!answer) return tl::make_unexpected(answer.error());
  return Bystander::Guest{*std::move(link), *std::move(answer)};
}

}  // namespace mqtts::probes
