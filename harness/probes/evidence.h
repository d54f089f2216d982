// What a probe saw, in words for people, and the command that shows it again. Pure. No secret ever gets in here: a
// password becomes a variable of the shell, material the name of a file (Pem::shown).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {

// "refused by tls-peer with 116 (certificate_required)"
std::string summary(const wire::ConnectionFacts& facts);
std::string summary(const wire::PahoAnswer& answer);

// "TLSv1.3 TLS_AES_256_GCM_SHA384; certificate requested: yes; ...; <the system's own words>"
std::string tls_summary(const wire::ConnectionFacts& facts);

// What to paste into a POSIX shell to see it again, and the files that it needs. It ends with 0 if the client is let
// in, and with another status if not. A user's password is to be in a variable: "${USERCLIENT_PASSWORD:?}"; one that is
// made up to be wrong is another wrong one.
Evidence connect_command(const Client& client);  // MQTT, without TLS or with a `trust`; over WebSocket: as the next one
Evidence upgrade_command(const Client& client);  // 0 if the connection is upgraded to WebSocket
struct ShownDelivery {
  std::string topic;
  std::string filter = {};  // empty: the topic
  int qos = 0;
  bool retain = false;
  bool will = false;
  std::string client_id = {};  // of the client that publishes
};
Evidence deliver_command(const Client& client, const Client& reader, const ShownDelivery& delivery);
// With 0 if one message comes.
Evidence subscribe_command(const Client& client, const std::string& filter);
// With 0 if the broker takes a message of that size.
Evidence large_message_command(const Client& client, const std::string& topic, std::size_t bytes);
// The owner connects a second time, with "sending CONNECT" in its output, once the intruder has said its client id.
Evidence takeover_command(const Client& owner, const Client& intruder);
// With 0 if the intruder gets the owner's message, but before the last command, which removes the session.
Evidence session_theft_command(const Client& owner, const Client& intruder, const std::string& topic);
Evidence handshake_command(const Client& client);  // TLS only, whoever the server is for
// TLS only, whoever the server is, without the client's certificate; ends with 0 if the handshake is completed.
Evidence hello_command(const Client& client, const std::string& options);
// A second handshake in a TLS connection: ends with 0 if the broker makes it.
Evidence renegotiation_command(const Client& client);

// Puts that command in the place of those of `seen`, where Mosquitto's programs can verify the server.
void replace_command(Observation& seen, const Client& client, Evidence command);

// The fact as an Observation, with what both clients and the reader of the report need as evidence.
Observation to_observation(const wire::ConnectionFacts& facts, const Client& client);

}  // namespace mqtts::probes
