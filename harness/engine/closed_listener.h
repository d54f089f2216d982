// Is a listener closed, on every address of the broker's name? Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/judge.h"
#include "harness/engine/set_aside.h"

namespace mqtts::engine {

// One connection to the port that should be closed.
struct PortTry {
  std::string address;
  Seen seen;
  // The control's client got an answer from the same address just before or after.
  bool control_answered = false;
};

// A control that held before and after, wanted itself or not.
struct HeldControl {
  Observation opening;
  SetAside aside;  // for it and for what leans on it
};

// What the checks of a run saw that no result holds, by the checks' ids.
struct SeenBesides {
  std::map<std::string, HeldControl> controls;
  std::map<std::string, std::vector<PortTry>> port_tries;  // of those that expect a closed listener
};

struct ClosedListenerEvidence {
  Seen opening_control;
  std::optional<Seen> closing_control;
  std::vector<PortTry> tries;          // the control's own address first; each address once at least
  std::optional<bool> host_listens{};  // what the broker's host says of the port; none: it cannot be asked
  bool host_drops =
      false;  // the host's own firewall surely drops who connects there, on every address of a filtered try
  std::string port{};
};

// Everything in `expected` is a refusal or a time-out of the network.
bool expects_closed_listener(const CheckSpec& check);

// TCP got no answer there, and nothing else was seen that decides.
bool is_filtered(const PortTry& attempt);

// Somebody takes connections there, and has not answered in MQTT.
bool is_silent(const PortTry& attempt);

// Somebody answered in MQTT there, whatever the answer.
bool is_open(const PortTry& attempt);

// `fail` if somebody answered in MQTT there, refused or not, whatever the control did. Else, with the control accepted
// before and after: `pass` if TCP was refused on every address, or the host says that nothing listens there or that its
// firewall drops who connects; or, where the plan allows it and no host can be asked, if TCP got no answer in
// `tries_of_a_filter` tries on every such address, each with an answer to the control beside it. `error` else: a port
// that takes connections and never speaks MQTT, one that does not answer now and may just be busy, an address that
// cannot be reached from here.
Judgement judge_closed_listener(const CheckSpec& check, const ClosedListenerEvidence& evidence);

// Spread over the whole look: before all else, with the stage, and after all else.
constexpr int tries_of_a_filter = 3;

// The try that the verdict rests on. `tries` is not empty.
const PortTry& deciding_try(const std::vector<PortTry>& tries);

}  // namespace mqtts::engine
