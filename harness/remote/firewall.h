// Whether the host's own firewall surely stops who comes to a port, read from what nft(8) and iptables-save(8) list.
// Pure.
#pragma once

#include <cstdint>
#include <string>

namespace mqtts::remote {

// Lists the rules, for parse_firewall; as root where the login user may be it without a password. Changes nothing.
std::string firewall_script();

// The listings; empty: there is none, or it is not ours to see.
struct Firewall {
  std::string nft;        // nft list ruleset
  std::string iptables;   // iptables-save
  std::string ip6tables;  // ip6tables-save
};

Firewall parse_firewall(const std::string& output);

enum class Family {
  ipv4,
  ipv6
};

// True only if each new TCP connection from another machine to that port is dropped or rejected, whoever it is from: by
// a rule for the port, or by the policy, with nothing before it that may let somebody in. False where a rule cannot be
// understood and might, and where packets to the port may be sent elsewhere (DNAT).
bool surely_drops(const Firewall& firewall, std::uint16_t port, Family family);

}  // namespace mqtts::remote
