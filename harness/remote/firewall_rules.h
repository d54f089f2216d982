// Rules of a packet filter as far as they concern new TCP connections from another machine to one port.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::remote {

enum class Match {
  never,
  maybe,
  always
};

enum class Action {
  go_on,  // nothing, or what decides nothing: a counter, a log line
  drop,   // or reject
  jump,
  back,
  let_in  // accepted, or what we do not understand
};

struct Rule {
  Match match = Match::always;
  Action action = Action::go_on;
  std::string chain;        // of a jump
  bool sends_away = false;  // to another address or port
};

struct Chain {
  bool is_entry = false;  // where what comes to this machine is filtered
  bool drops_rest = false;
  std::vector<Rule> rules;
};

using Chains = std::map<std::string, Chain>;

// True if one of the chains that are entries surely drops.
bool one_drops(const Chains& chains);
bool one_sends_away(const Chains& chains);

Match both(Match a, Match b);

// "1883", "1000:2000" with `to` being ':'; several, parted by commas. `maybe` if it is none.
Match match_ports(std::string_view list, std::uint16_t port, char to);

// Connection states parted by commas, of any case.
Match match_states(std::string_view list);

// Of iptables-save(8), or of ip6tables-save(8).
Chains read_iptables(const std::string& listing, std::uint16_t port);

// Of `nft list ruleset`: the tables whose family is `family`, "ip" or "ip6", or "inet".
Chains read_nft(const std::string& listing, std::uint16_t port, std::string_view family);

}  // namespace mqtts::remote
