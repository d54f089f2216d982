#include "harness/remote/firewall.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "harness/remote/firewall_rules.h"

namespace mqtts::texts {
extern const std::string_view firewall_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {

std::string firewall_script() { return std::string(texts::firewall_sh); }

Firewall parse_firewall(const std::string& output) {
  Firewall firewall;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const auto kind = line.substr(0, 4), rest = line.substr(std::min<std::size_t>(4, line.size())) + "\n";
    if (kind == "nft ") firewall.nft += rest;
    if (kind == "ip4 ") firewall.iptables += rest;
    if (kind == "ip6 ") firewall.ip6tables += rest;
  }
  return firewall;
}

bool surely_drops(const Firewall& firewall, std::uint16_t port, Family family) {
  const auto nft = read_nft(firewall.nft, port, family == Family::ipv4 ? "ip" : "ip6");
  const auto xtables = read_iptables(family == Family::ipv4 ? firewall.iptables : firewall.ip6tables, port);
  if (one_sends_away(nft) || one_sends_away(xtables)) return false;
  return one_drops(nft) || one_drops(xtables);
}

bool surely_lets_in(const Firewall& firewall, std::uint16_t port, Family family) {
  const auto& listing = family == Family::ipv4 ? firewall.iptables : firewall.ip6tables;
  if (firewall.nft.empty() && listing.empty()) return false;
  // Chains before the ones that are read here.
  for (const auto* early : {"hook ingress", "type filter hook prerouting"})
    if (firewall.nft.find(early) != std::string::npos) return false;
  const auto nft = read_nft(firewall.nft, port, family == Family::ipv4 ? "ip" : "ip6");
  const auto xtables = read_iptables(listing, port);
  return !one_sends_away(nft) && !one_sends_away(xtables) && all_accept(nft) && all_accept(xtables);
}

}  // namespace mqtts::remote
