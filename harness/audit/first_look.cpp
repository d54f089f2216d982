#include "harness/audit/first_look.h"

#include <algorithm>
#include <utility>

#include "harness/brokers/drivers.h"
#include "harness/util/read_file.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"
#include "harness/wire/tcp.h"

namespace mqtts::audit {
namespace {

constexpr auto time_for_version = std::chrono::seconds(1);
constexpr std::size_t longest_version = 80;

std::optional<std::string> read_text(const std::string& file) {
  auto text = read_file(file);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

// The first address at which the port takes a connection; empty: none.
std::string answering_address(const std::vector<std::string>& addresses, std::uint16_t port, const Deadline& deadline) {
  const auto found = std::ranges::find_if(addresses, [&](const std::string& address) {
    const auto connection = wire::connect_tcp(address, port, deadline);
    return connection && connection->outcome == wire::TcpOutcome::connected;
  });
  return found == addresses.end() ? "" : *found;
}

Client client_of(const std::string& address, std::uint16_t port, const MqttAddress& broker, const Given& given,
                 bool tls) {
  Client client{.address = address, .port = port, .name = broker.host, .tls = tls};
  if (!tls) return client;
  if (const auto ca = read_text(given.ca)) client.trust = Pem{.text = *ca, .file = given.ca};
  const auto certificate = given.certificate.empty() ? std::nullopt : read_text(given.certificate);
  const auto key = given.key.empty() ? std::nullopt : read_text(given.key);
  if (certificate && key)
    client.identity = Identity{.certificate = {.text = *certificate, .file = given.certificate},
                               .key = {.text = *key, .file = given.key}};
  return client;
}

// None: no certificate was seen.
std::optional<bool> is_trusted(const Client& client, const Deadline& deadline) {
  const auto seen = wire::probe_connection(client, deadline);
  if (!seen || (seen->outcome == Outcome::timeout && (!seen->tls || seen->tls->verified.empty()))) return std::nullopt;
  return seen->tls && seen->tls->verified == "ok" && seen->tls->key_proven;
}

// False only if the broker has answered by MQTT to a client that it had not asked for one.
bool asks_for_certificate(const Client& client, const Deadline& deadline) {
  const auto seen = wire::probe_connection(client, deadline);
  const bool is_answered = seen && (seen->outcome == Outcome::accepted || seen->by == By::mqtt);
  return !is_answered || !seen->tls || seen->tls->certificate_requested;
}

void log_in_as(Client& client, const GivenLogin& login) {
  if (login.user.empty()) return;
  auto password = read_text(login.password_file).value_or("");
  password.resize(std::min(password.find_first_of("\r\n"), password.size()));
  client.user_name = login.user;
  client.password = password;
  client.password_of = login.user;
}

// What a retained message of the broker says; empty: nothing in time.
std::string version_told(const Client& client, const Deadline& deadline) {
  auto paho = wire::PahoClient::make(client);
  if (!paho) return {};
  const auto connected = (*paho)->connect(deadline);
  if (!connected || connected->outcome != wire::PahoOutcome::done) return {};
  if ((*paho)->subscribe("$SYS/broker/version", deadline).outcome != wire::PahoOutcome::done) return {};
  return (*paho)->next_message(deadline.within(time_for_version), wire::Retained::take).value_or("");
}

// RabbitMQ before 3.13 knows no MQTT 5, and closes its CONNECT without an answer.
bool behaves_like_rabbitmq(Client client, const Deadline& deadline) {
  const auto old = wire::probe_connection(client, deadline);
  client.mqtt = MqttVersion::v5_0;
  const auto newer = wire::probe_connection(client, deadline);
  const bool answers_old =
      old && (old->outcome == Outcome::accepted || (old->by == By::mqtt && old->reason == "bad_user_name_or_password"));
  return answers_old && newer && newer->outcome == Outcome::closed;
}

void identify(const Client& client, FirstLook& seen, const Deadline& deadline) {
  seen.broker = broker_in(version_told(client, deadline));
  if (!seen.broker.empty()) {
    seen.known_by = msg("$SYS/broker/version says which broker it is");
  } else if (behaves_like_rabbitmq(client, deadline)) {
    seen.broker = "rabbitmq";
    seen.known_by =
        msg("It answers a client of MQTT 3.1.1 and closes one of MQTT 5 without a word, as RabbitMQ before "
            "3.13 does: probably RabbitMQ");
  }
}

void look_at_tls(Client client, const Given& given, FirstLook& seen, const Deadline& deadline) {
  const auto trusted = is_trusted(client, deadline);
  seen.is_trusted = trusted == true;
  seen.is_trust_known = trusted.has_value();
  if (seen.is_trusted)
    log_in_as(client, given.user);
  else
    client.trust.reset();
  seen.asks_for_certificate = asks_for_certificate(client, deadline);
  identify(client, seen, deadline);
  seen.client = std::move(client);
}

void look_in_clear(Client client, const Given& given, FirstLook& seen, const Deadline& deadline) {
  if (given.may_log_in_clear) log_in_as(client, given.user);
  identify(client, seen, deadline);
  seen.client = std::move(client);
}

}  // namespace

std::string broker_in(std::string_view version) {
  for (const auto* driver : brokers::drivers()) {
    if (!version.starts_with(driver->name())) continue;
    const auto found = driver->version_in(version.substr(0, longest_version));
    if (found) return std::string(driver->name()) + " " + found->text;
  }
  return {};
}

FirstLook first_look(const MqttAddress& broker, const Given& given, const Deadline& deadline) {
  FirstLook seen;
  const auto addresses = wire::addresses_of(broker.host, deadline);
  if (!addresses) return seen;
  const auto tls_address = answering_address(*addresses, broker.tls_port, deadline);
  const auto plain_address = answering_address(*addresses, broker.plain_port, deadline);
  seen.tls_answers = !tls_address.empty();
  seen.plain_answers = !plain_address.empty();
  if (seen.tls_answers) {
    look_at_tls(client_of(tls_address, broker.tls_port, broker, given, true), given, seen, deadline);
  } else if (broker.secure_websocket_port != 0) {
    const auto port = broker.secure_websocket_port;
    const auto address = answering_address(*addresses, port, deadline);
    if (address.empty()) return seen;
    auto client = client_of(address, port, broker, given, true);
    client.websocket = true;
    client.websocket_path = broker.websocket_path;
    look_at_tls(std::move(client), given, seen, deadline);
  } else if (seen.plain_answers) {
    look_in_clear(client_of(plain_address, broker.plain_port, broker, given, false), given, seen, deadline);
  } else if (broker.websocket_port != 0) {
    const auto address = answering_address(*addresses, broker.websocket_port, deadline);
    if (address.empty()) return seen;
    auto client = client_of(address, broker.websocket_port, broker, given, false);
    client.websocket = true;
    client.websocket_path = broker.websocket_path;
    look_in_clear(std::move(client), given, seen, deadline);
  }
  return seen;
}

}  // namespace mqtts::audit
