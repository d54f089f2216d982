// Decides whether the host's own firewall certainly blocks a port, from the listings of nft(8) and iptables-save(8).
// Pure.
#pragma once

#include <cstdint>
#include <string>

namespace mqtts::remote {

// Lists the rules, for parse_firewall; as root if the login user needs no password for that. Changes nothing.
std::string firewall_script();

// The listings; empty: there is none, or this user may not see it.
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

// Returns true only if each new TCP connection from another machine to that port is dropped or rejected, whatever its
// source: by a rule for the port, or by the policy, with no rule before it that may accept. Returns false if a rule
// that might accept cannot be understood, or if packets to the port may be redirected (DNAT).
bool surely_drops(const Firewall& firewall, std::uint16_t port, Family family);

// Returns true only if the rules were listed, and none of them may drop or reject such a connection. False where a rule
// is not understood.
bool surely_lets_in(const Firewall& firewall, std::uint16_t port, Family family);

}  // namespace mqtts::remote
