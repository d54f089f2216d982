#include "harness/probes/evidence.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "harness/model/material_sources.h"
#include "harness/util/shell_quote.h"
#include "harness/wire/certificates.h"

namespace mqtts::probes {
namespace {

// A command in the making, and the files that it names.
class Command {
 public:
  void add(const std::string& words) { text_ += (text_.empty() ? "" : " ") + words; }

  void add_file(const std::string& option, const Pem& pem) {
    const auto name = pem.shown.empty() ? pem.file.substr(pem.file.find_last_of('/') + 1) : pem.shown;
    add(option + " " + shell_word(name));
    const KeptFile kept{.file = pem.file, .as = pem.shown};
    const bool is_kept = !pem.shown.empty() && pem.shown != pem.file;
    if (is_kept && std::ranges::find(files_, kept) == files_.end()) files_.push_back(kept);
  }

  Evidence evidence() && { return {EvidenceKind::reproduce, std::move(text_), {}, std::move(files_)}; }

 private:
  std::string text_;
  std::vector<KeptFile> files_;
};

// Name of the shell variable that holds a user's password.
std::string variable_of(const std::string& user) {
  std::string name = user.empty() || (user.front() >= '0' && user.front() <= '9') ? "USER_" : "";
  for (const char each : user) {
    const bool is_letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
    const bool is_digit = each >= '0' && each <= '9';
    name += is_letter ? static_cast<char>(each & ~0x20) : is_digit ? each : '_';
  }
  return name + "_PASSWORD";
}

// The shell stops where the variable is not set.
std::string password_word(const Client& client) {
  if (client.has_wrong_password) return "a-wrong-password";
  return "\"${" + (client.password_of.empty() ? std::string("PASSWORD") : variable_of(client.password_of)) + ":?}\"";
}

void add_mosquitto_client(Command& command, const std::string& program, const Client& client,
                          const std::optional<Identity>& identity) {
  command.add(program + " -h " + shell_word(client.name) + " -p " + std::to_string(client.port) +
              (client.mqtt == MqttVersion::v5_0 ? " -V mqttv5" : " -V mqttv311"));
  if (client.tls && client.trust) command.add_file("--cafile", *client.trust);
  if (client.tls && client.any_server_name) command.add("--insecure");
  if (client.tls && identity) {
    command.add_file("--cert", identity->certificate);
    command.add_file("--key", identity->key);
  }
  if (client.user_name) command.add("-u " + shell_word(*client.user_name));
  if (client.password) command.add("-P " + password_word(client));
}

std::string publication(const std::string& topic) { return "-t " + shell_word(topic) + " -m hello"; }

bool is_on_host(const std::optional<Identity>& identity) {
  return identity && identity->key.shown.starts_with(on_host);
}

const char* yes_or_no(bool fact) { return fact ? "yes" : "no"; }

}  // namespace

std::string summary(const wire::ConnectionFacts& facts) {
  std::string text(to_string(facts.outcome));
  if (facts.outcome == Outcome::refused) text += " by " + std::string(to_string(facts.by));
  if (facts.code) text += " with " + std::to_string(*facts.code);
  if (!facts.reason.empty()) text += " (" + facts.reason + ")";
  return text;
}

std::string summary(const wire::PahoAnswer& answer) {
  switch (answer.outcome) {
    case wire::PahoOutcome::done: return "accepted";
    case wire::PahoOutcome::refused: return "refused by mqtt with " + std::to_string(answer.code);
    case wire::PahoOutcome::failed: return "failed with " + std::to_string(answer.code) + ": " + answer.detail;
    case wire::PahoOutcome::timed_out: break;
  }
  return "timeout";
}

std::string tls_summary(const wire::ConnectionFacts& facts) {
  const auto& tls = *facts.tls;
  std::string text = tls.version.empty() ? "no ServerHello" : tls.version + " " + tls.cipher;
  text += std::string("; client certificate requested: ") + yes_or_no(tls.certificate_requested) +
          ", sent: " + yes_or_no(tls.certificate_sent);
  text += "; server certificate: " + (tls.verified.empty() ? "not verified" : tls.verified);
  if (!tls.name_match.empty()) text += ", name found in " + tls.name_match;
  if (facts.outcome == Outcome::refused) text += "; " + summary(facts);
  if (!facts.detail.empty()) text += "; " + facts.detail;
  return text;
}

// mosquitto_pub of Mosquitto 2.0 speaks no WebSocket. The key is the example of RFC 6455.
Evidence upgrade_command(const Client& client) {
  const bool v6 = client.name.find(':') != std::string::npos;
  Command command;
  command.add("curl --silent --include --http1.1 --max-time 3");
  if (client.tls && client.trust)
    command.add_file("--cacert", *client.trust);
  else if (client.tls)
    command.add("--insecure");
  if (client.tls && client.identity) {
    command.add_file("--cert", client.identity->certificate);
    command.add_file("--key", client.identity->key);
  }
  for (const auto* header : {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: mqtt"})
    command.add("--header " + shell_word(header));
  if (client.origin) command.add("--header " + shell_word("Origin: " + *client.origin));
  command.add(shell_word((client.tls ? "https://" : "http://") + (v6 ? "[" + client.name + "]" : client.name) + ":" +
                         std::to_string(client.port) + client.websocket_path));
  command.add("| grep --text ' 101 '");
  return std::move(command).evidence();
}

Evidence connect_command(const Client& client) {
  if (client.websocket) return upgrade_command(client);
  Command command;
  add_mosquitto_client(command, "mosquitto_pub", client, client.identity);
  command.add(publication("mqtts-harness"));
  return std::move(command).evidence();
}

// The reader presents the client's certificate where the key of its own is not at hand. The line ends when the reader
// does, with the reader's exit code: 27 of mosquitto_sub says that nothing was delivered.
Evidence deliver_command(const Client& client, const Client& reader, const ShownDelivery& delivery) {
  const bool borrows = is_on_host(reader.identity) && client.identity && !is_on_host(client.identity);
  const auto qos = delivery.qos == 0 ? "" : " -q " + std::to_string(delivery.qos);
  const auto id = delivery.client_id.empty() ? "" : " -i " + shell_word(delivery.client_id);
  const auto filter = shell_word(delivery.filter.empty() ? delivery.topic : delivery.filter);
  Command command;
  const auto add_publisher = [&](const std::string& options) {
    add_mosquitto_client(command, "mosquitto_pub", client, client.identity);
    command.add(options + id + qos);
  };
  const auto add_reader = [&](const std::string& options) {
    add_mosquitto_client(command, "mosquitto_sub", reader, borrows ? client.identity : reader.identity);
    command.add(options);
  };
  if (delivery.retain && !delivery.will) {
    add_publisher("-r " + publication(delivery.topic));
    command.add(";");
    add_reader("-W 3 -C 1 -t " + filter + qos + "; seen=$?;");
    add_publisher("-r -n -t " + shell_word(delivery.topic));
    command.add("; (exit $seen)");
    return std::move(command).evidence();
  }
  add_reader("-W 7 -C 1 -t " + filter + qos + " & sleep 2;");
  if (!delivery.will) {
    add_publisher(publication(delivery.topic));
    command.add("&& wait $!");
    return std::move(command).evidence();
  }
  command.add("timeout -s KILL 1");
  add_mosquitto_client(command, "mosquitto_sub", client, client.identity);
  command.add("-t mqtts-harness --will-topic " + shell_word(delivery.topic) + " --will-payload hello" + id +
              "; wait %1");
  return std::move(command).evidence();
}

Evidence subscribe_command(const Client& client, const std::string& filter) {
  Command command;
  add_mosquitto_client(command, "mosquitto_sub", client, client.identity);
  command.add("-W 7 -C 1 -t " + shell_word(filter));
  return std::move(command).evidence();
}

namespace {

std::string s_client(const Client& client) {
  const bool v6 = client.address.find(':') != std::string::npos;
  return "openssl s_client -brief -connect " + shell_word(v6 ? "[" + client.address + "]" : client.address) + ":" +
         std::to_string(client.port);
}

void add_identity(Command& command, const Client& client) {
  if (!client.identity) return;
  command.add_file("-cert", client.identity->certificate);
  command.add_file("-key", client.identity->key);
}

std::string server_name_option(const Client& client) {
  return wire::is_ip_address(client.name) ? std::string() : " -servername " + shell_word(client.name);
}

}  // namespace

// A client of MQTT 5 would heed the broker's limit itself.
Evidence large_message_command(const Client& client, const std::string& topic, std::size_t bytes) {
  auto careless = client;
  careless.mqtt = MqttVersion::v3_1_1;
  Command command;
  command.add("head -c " + std::to_string(bytes) + " /dev/zero |");
  add_mosquitto_client(command, "mosquitto_pub", careless, careless.identity);
  command.add("-q 1 -t " + shell_word(topic) + " -s");
  return std::move(command).evidence();
}

Evidence takeover_command(const Client& owner, const Client& intruder) {
  Command command;
  add_mosquitto_client(command, "mosquitto_sub", owner, owner.identity);
  command.add("-i same-id -W 6 -d -t mqtts-harness & sleep 2;");
  add_mosquitto_client(command, "mosquitto_pub", intruder, intruder.identity);
  command.add("-i same-id " + publication("mqtts-harness") + "; wait $!");
  return std::move(command).evidence();
}

Evidence session_theft_command(const Client& owner, const Client& intruder, const std::string& topic) {
  const auto word = shell_word(topic);
  Command command;
  add_mosquitto_client(command, "mosquitto_sub", owner, owner.identity);
  command.add("-i same-id -c -q 1 -t " + word + " -E;");
  add_mosquitto_client(command, "mosquitto_pub", owner, owner.identity);
  command.add("-q 1 " + publication(topic) + ";");
  add_mosquitto_client(command, "mosquitto_sub", intruder, intruder.identity);
  command.add("-i same-id -c -q 1 -t " + word + " -C 1 -W 5;");
  add_mosquitto_client(command, "mosquitto_sub", owner, owner.identity);
  command.add("-i same-id -t " + word + " -E");
  return std::move(command).evidence();
}

// Under TLS 1.3 the server's verdict comes late: without the sleep, s_client leaves before it has read it.
Evidence handshake_command(const Client& client) {
  Command command;
  command.add("sleep 2 | " + s_client(client));
  if (client.trust) {
    command.add("-verify_return_error");
    command.add_file("-CAfile", *client.trust);
  }
  add_identity(command, client);
  return std::move(command).evidence();
}

Evidence hello_command(const Client& client, const std::string& options) {
  Command command;
  command.add(s_client(client) + server_name_option(client) + " " + options + " </dev/null");
  return std::move(command).evidence();
}

// A line that begins with R tells s_client to ask for it.
Evidence renegotiation_command(const Client& client) {
  Command command;
  command.add("(sleep 1; echo R; sleep 2) | " + s_client(client) + server_name_option(client) +
              " -min_protocol TLSv1 -max_protocol TLSv1.2 -cipher ALL:@SECLEVEL=0 -legacy_renegotiation");
  add_identity(command, client);
  return std::move(command).evidence();
}

void replace_command(Observation& seen, const Client& client, Evidence command) {
  std::erase_if(seen.evidence, [](const Evidence& each) { return each.kind == EvidenceKind::reproduce; });
  if (!client.tls || client.trust) seen.evidence.push_back(std::move(command));
}

namespace {

// mosquitto_pub verifies the server's name, which s_client does not, and tells neither alerts nor why it trusts no CA.
Evidence command_for(const wire::ConnectionFacts& facts, const Client& client) {
  if (!client.tls) return connect_command(client);
  const bool is_about_name = facts.reason == "hostname_mismatch" || facts.reason == "ip_address_mismatch";
  const bool ended_below_mqtt = facts.outcome != Outcome::accepted && facts.by != By::mqtt && !is_about_name;
  return ended_below_mqtt || !client.trust ? handshake_command(client) : connect_command(client);
}

}  // namespace

Observation to_observation(const wire::ConnectionFacts& facts, const Client& client) {
  Observation seen{
      .outcome = facts.outcome, .by = facts.by, .code = facts.code, .reason = facts.reason, .tls = facts.tls};
  if (facts.tls) seen.evidence.push_back({EvidenceKind::tls, tls_summary(facts)});
  if (!facts.tls && !facts.detail.empty()) seen.evidence.push_back({EvidenceKind::note, facts.detail});
  // A shell's words cannot hold a zero byte.
  const bool can_be_typed = !client.password || client.password->find('\0') == std::string::npos;
  if (can_be_typed) seen.evidence.push_back(command_for(facts, client));
  return seen;
}

}  // namespace mqtts::probes
