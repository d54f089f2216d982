// Findings about both ports, as seen from this machine and from the host, and about the firewall.
#include <algorithm>

#include "harness/brokers/drivers.h"
#include "harness/doctor/findings.h"
#include "harness/util/ascii.h"
#include "harness/util/parse_number.h"
#include "harness/util/shell_quote.h"

namespace mqtts::doctor {

namespace {

using remote::Answer;
using remote::FirewallKind;
using remote::HostFacts;
using wire::TcpOutcome;

// The process that listens on a port of the host.
enum class There {
  nobody,
  broker,
  other,
  somebody,  // a process whose sockets the login user may not inspect
};

struct Port {
  const char* id;
  std::uint16_t here;   // port in the target's address
  std::uint16_t there;  // port that the broker opens; differs where it is forwarded
  const PortSeen& seen;
};

std::uint16_t first_number(const std::string& listener, std::uint16_t otherwise) {
  const auto port = leading_number<std::uint16_t>(listener);
  return port == 0 ? otherwise : port;
}

There who_listens(const HostFacts& facts, std::uint16_t port) {
  const bool open = std::ranges::any_of(facts.listening, [&](const auto& each) { return each.port == port; });
  if (!open) return There::nobody;
  if (facts.broker_ports_known == Answer::unknown) return There::somebody;
  return std::ranges::find(facts.broker_ports, port) != facts.broker_ports.end() ? There::broker : There::other;
}

bool loopback_only(const HostFacts& facts, std::uint16_t port) {
  return std::ranges::all_of(facts.listening,
                             [&](const auto& each) { return each.port != port || each.loopback_only; });
}

// Returns true if the broker's own configuration opens that port.
bool is_configured(const Target& target, const HostFacts& facts, std::uint16_t port) {
  const auto& driver = brokers::driver_of(target.broker);
  bool names_any = false;
  for (const auto& file : facts.configuration) {
    for (const auto& line : file.lines) {
      const auto opened = driver.port_of(line.word, line.rest);
      if (!opened) continue;
      names_any = true;
      if (*opened == port) return true;
    }
  }
  const bool is_read =
      !facts.configuration.empty() && facts.configuration.front().presence == remote::Presence::readable;
  return is_read && !names_any && port == driver.default_port();
}

Message open_firewall(const Target& target, const Facts& seen, const Port& port) {
  const auto number = std::to_string(port.there);
  if (seen.facts && seen.facts->firewall == FirewallKind::ufw)
    return command_on_host(target, "ufw allow " + number + "/tcp");
  return msg("let TCP port {port} through the host's firewall and those on the way", {{"port", number}});
}

Finding without_facts(const Target& target, const Facts& seen, const Port& port) {
  const std::map<std::string, std::string> args = {{"host", target.mqtt.host}, {"port", std::to_string(port.here)}};
  switch (*port.seen.outcome) {
    case TcpOutcome::connected: return {port.id, State::fine, msg("{host} port {port} answers from here", args)};
    case TcpOutcome::timed_out:
      return {port.id, State::broken, msg("{host} port {port} is filtered: nothing comes back", args),
              open_firewall(target, seen, port)};
    case TcpOutcome::refused: break;
  }
  return {port.id, State::unknown,
          msg("{host} port {port} refuses; the host, which could tell why, could not be asked", args)};
}

Finding refused(const Target& target, const Facts& seen, const Port& port, There there,
                const std::map<std::string, std::string>& args) {
  const auto& facts = *seen.facts;
  if (port.seen.reason != "connection_refused")
    return {port.id, State::broken, msg("{host} cannot be reached from here at all: {reason}", args),
            msg("check mqtt.host in the target file, and the network")};
  if (there == There::other)
    return {port.id, State::broken, msg("another program than the broker has port {there} on the host", args),
            command_on_host(target, "ss -ltnp 'sport = :" + args.at("there") + "'")};
  if (there != There::nobody && loopback_only(facts, port.there))
    return {port.id, State::warning, msg("port {there} is open only on the host itself (127.0.0.1)", args),
            brokers::driver_of(target.broker).hint_to_open(port.there)};
  if (there != There::nobody)
    return {port.id, State::broken,
            msg("port {there} is open on the host, but refused on the way from here: a firewall rejects it", args),
            open_firewall(target, seen, port)};
  if (!is_configured(target, facts, port.there))
    return {port.id, State::fine,
            msg("nothing listens on port {there} now, as the configuration has it; a run opens it", args)};
  if (!facts.running)
    return {port.id, State::not_looked_at, msg("not looked at: the broker, which is to listen there, does not run")};
  return {port.id, State::broken,
          msg("the configuration opens port {there}, but the broker does not listen on it", args),
          command_on_host(target, "tail -n 20 " + shell_word(target.broker.log_path))};
}

Finding connected(const Target& target, const Port& port, There there, const std::map<std::string, std::string>& args) {
  switch (there) {
    case There::broker:
      return {port.id, State::fine, msg("the broker listens on port {there}, and it answers from here", args)};
    case There::somebody:
      return {port.id, State::fine, msg("port {there} is open on the host, and answers from here", args)};
    case There::other:
      return {port.id, State::broken, msg("another program than the broker has port {there} on the host", args),
              command_on_host(target, "ss -ltnp 'sport = :" + args.at("there") + "'")};
    case There::nobody: break;
  }
  return {
      port.id, State::warning,
      msg("{host} port {port} answers from here, but nothing listens on port {there} of the host: who answers?", args),
      msg("check that mqtt.host and ssh.host in the target file are one machine, and what forwards that port")};
}

Finding finding_of_port(const Target& target, const Facts& seen, const Port& port) {
  if (!port.seen.outcome) {
    if (!port.seen.error) return {port.id, State::not_looked_at, msg("not looked at")};
    const auto& error = *port.seen.error;
    return {port.id, State::broken, error.what, error.hint, error.detail};
  }
  if (!seen.facts) return without_facts(target, seen, port);
  const std::map<std::string, std::string> args = {{"host", target.mqtt.host},
                                                   {"port", std::to_string(port.here)},
                                                   {"there", std::to_string(port.there)},
                                                   {"reason", port.seen.reason}};
  const auto there = who_listens(*seen.facts, port.there);
  switch (*port.seen.outcome) {
    case TcpOutcome::connected: return connected(target, port, there, args);
    case TcpOutcome::refused: return refused(target, seen, port, there, args);
    case TcpOutcome::timed_out: break;
  }
  return {port.id, State::broken,
          there == There::nobody
              ? msg("{host} port {port} is filtered: nothing comes back, though nothing listens on the host yet", args)
              : msg("port {there} is open on the host, but nothing comes back from it: a firewall drops it", args),
          open_firewall(target, seen, port)};
}

// Returns true if a UFW rule allows the port from anywhere: "8883/tcp   ALLOW   Anywhere".
bool ufw_allows(const std::vector<std::string>& rules, std::uint16_t port) {
  const auto number = std::to_string(port);
  return std::ranges::any_of(rules, [&](const std::string& rule) {
    const auto first = rule.substr(0, rule.find(' '));
    return (first == number || first == number + "/tcp") && rule.find("ALLOW") != std::string::npos &&
           rule.find("Anywhere") != std::string::npos;
  });
}

bool may_stop_packets(const std::string& written) {
  const auto rule = lower_case(written);
  return rule.find("drop") != std::string::npos || rule.find("reject") != std::string::npos;
}

Finding firewall(const Target& target, const HostFacts& facts, const std::vector<Port>& ports) {
  switch (facts.firewall) {
    case FirewallKind::unknown:
      return {"firewall", State::unknown,
              msg("whether the host has a firewall cannot be told by {user}", {{"user", facts.account}})};
    case FirewallKind::ufw: break;
    case FirewallKind::nft:
    case FirewallKind::iptables:
      if (std::ranges::none_of(facts.firewall_rules, may_stop_packets))
        return {"firewall", State::fine, msg("the host's firewall stops nothing")};
      return {"firewall", State::unknown,
              msg("the host's firewall has rules that stop packets; the ports above tell what comes through")};
  }
  std::string closed, commands;
  for (const auto& port : ports) {
    // A successful connection proves more than a firewall rule.
    if (port.seen.outcome == TcpOutcome::connected || ufw_allows(facts.firewall_rules, port.there)) continue;
    const auto number = std::to_string(port.there);
    closed += (closed.empty() ? "" : ", ") + number;
    commands += (commands.empty() ? "" : " && " + sudo(target)) + "ufw allow " + number + "/tcp";
  }
  if (closed.empty()) return {"firewall", State::fine, msg("UFW is active, and lets both ports through")};
  return {"firewall", State::warning,
          msg("UFW is active, and has no rule that opens port {ports} to everybody", {{"ports", closed}}),
          command_on_host(target, commands)};
}

}  // namespace

Findings port_findings(const Target& target, const Facts& seen) {
  const auto plain = first_number(target.broker.plain_listener, target.mqtt.plain_port);
  const auto tls = first_number(target.broker.tls_listener, target.mqtt.tls_port);
  const std::vector<Port> ports = {{"plain-port", target.mqtt.plain_port, plain, seen.plain},
                                   {"tls-port", target.mqtt.tls_port, tls, seen.tls}};
  Findings all;
  for (const auto& port : ports) all.push_back(finding_of_port(target, seen, port));
  all.push_back(seen.facts
                    ? firewall(target, *seen.facts, ports)
                    : Finding{"firewall", State::not_looked_at, msg("not looked at: the host could not be asked")});
  return all;
}

}  // namespace mqtts::doctor
