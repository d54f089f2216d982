// Rules of a packet filter that concern new TCP connections from another machine to one port.
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
  go_on,  // no decision: a counter, a log line
  drop,   // or reject
  jump,
  back,
  let_in  // accepted, or not understood
};

struct Rule {
  Match match = Match::always;
  Action action = Action::go_on;
  std::string chain;        // of a jump
  bool sends_away = false;  // to another address or port
  bool accepts = false;     // Action::let_in, or a jump, that surely accepts
};

struct Chain {
  bool is_entry = false;  // filters packets to this machine
  bool drops_rest = false;
  std::vector<Rule> rules;
};

using Chains = std::map<std::string, Chain>;

// Returns true if an entry chain certainly drops.
bool one_drops(const Chains& chains);
bool one_sends_away(const Chains& chains);
// Returns true if every entry chain certainly accepts; also if there is none.
bool all_accept(const Chains& chains);

Match both(Match a, Match b);

// "1883", "1000:2000" with `to` being ':'; several, separated by commas. `maybe` for another form.
Match match_ports(std::string_view list, std::uint16_t port, char to);

// Connection states separated by commas, in any case.
Match match_states(std::string_view list);

// Reads the output of iptables-save(8) or ip6tables-save(8).
Chains read_iptables(const std::string& listing, std::uint16_t port);

// Reads `nft list ruleset`: the tables of the family `family`, "ip" or "ip6", and of "inet".
Chains read_nft(const std::string& listing, std::uint16_t port, std::string_view family);

}  // namespace mqtts::remote
