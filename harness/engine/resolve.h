// From a client as the plan states it to one with its material in hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/set_aside.h"
#include "harness/model/interfaces.h"
#include "harness/model/plan.h"

namespace mqtts::engine {

// The broker's address, resolved once.
struct Endpoint {
  std::string address;                            // numeric
  std::string name;                               // as the target gives it; what its certificate must be for
  std::vector<std::string> other_addresses = {};  // that the name has besides, numeric
};

// What a later stage demands of a client and an early stage's check does not state.
struct ClientPatch {
  std::optional<std::string> certificate;
  std::optional<std::string> account;
  std::map<std::string, std::string> role_accounts = {};  // of the probe's other clients
  std::string demanded_by;                                // the later stage's id; empty: nothing is added
  SetAside aside = {};
  bool operator==(const ClientPatch&) const = default;
};

// What may be added to `check` (a positive one of `stage`) so that a broker that has gone further lets it in: nothing
// first, then what each later stage's own clients bring, least first; a certificate only where there is TLS.
std::vector<ClientPatch> escalations(const Plan& plan, const StageSpec& stage, const CheckSpec& check);

// The negative checks of the stages after `stage`, up to the one `patch` comes from, that take away what `patch` has
// and `applied` lacks: their passing proves that the broker demands it, and what they expect is what it says to a
// client that does not bring it.
std::vector<const CheckSpec*> checks_requiring(const Plan& plan, const StageSpec& stage, const ClientPatch& patch,
                                               const ClientPatch& applied = {});

// Adds what `client` lacks and sets aside what is, but never the factor `changed`, which is what its check is about.
ClientSpec patched(ClientSpec client, const ClientPatch& patch, const std::string& changed = {});

// The same for the probe's other clients: each stays another user than the client where the later stage's is one, and
// presents the client's certificate, as its own may be what is wrong in that stage.
ProbeSpec patched(ProbeSpec probe, const ClientSpec& client, const ClientPatch& patch);

// The port that it goes to; 0 if the plan is not expanded.
std::uint16_t port_of(const Plan& plan, const ClientSpec& client);

// Error: a material is missing or unreadable (see Materials).
Result<Client> to_client(const ClientSpec& spec, const Plan& plan, const Endpoint& endpoint, Materials& materials);

// The attempt of a check: its client and the probe's other clients. Where the certificate of one of those is the
// target's to give and was not given, it presents the client's own.
Result<Attempt> to_attempt(const ClientSpec& client, const ProbeSpec& probe, const Plan& plan, const Endpoint& endpoint,
                           Materials& materials);

// What stands for "any that is wrong" where the plan leaves it to us.
enum class Wrong {
  altered,  // the right one with one character changed: nothing else differs from the control
  guessed,  // a plausible guess of any kind
};

// Draws from the run's seed for what `name` says what the broker could know the attempt by: client ids, payload, and,
// where the plan leaves it to us, how a password is wrong, or who is unknown. Which client program it looks like is
// drawn once for all attempts of a run: a control and its checks differ in nothing but what the plan says.
void randomize(Attempt& attempt, const ClientSpec& spec, const Plan& plan, Materials& materials,
               const std::string& run_seed, const std::string& name, Wrong wrong = Wrong::altered);

// What was added to the client of a positive check when it was let in; none if the plan does not know it any more.
std::optional<ClientPatch> applied_patch(const Plan& plan, const StageSpec& stage, const CheckSpec& check,
                                         const Observation& accepted);

}  // namespace mqtts::engine
