// Mistakes that are carried forward: what one check answers for is set aside where it would keep others from being
// judged, so that one mistake costs its own check once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/observation.h"
#include "harness/model/plan.h"
#include "harness/util/error.h"

namespace mqtts::engine {

// The same for a control and for what leans on it.
struct SetAside {
  bool server_name = false;                     // the server's certificate may be for any name
  bool certificate = false;                     // the client presents one that the CA's key has issued for this run
  std::map<std::string, std::string> accounts;  // whose account logs in, in place of whose
  bool operator==(const SetAside&) const = default;
  bool empty() const { return *this == SetAside{}; }
};

// In the words of Observation::set_aside.
std::vector<std::string> words_of(const SetAside& aside);

SetAside set_aside_of(const Plan& plan, const std::vector<std::string>& words);

ClientSpec without(ClientSpec client, const SetAside& aside);
ProbeSpec without(ProbeSpec probe, const SetAside& aside);

// What refused this client, or the probe's other clients, if it can be set aside and is not yet: `client` and `probe`
// are as they were tried.
std::optional<SetAside> set_aside_too(const SetAside& aside, const Plan& plan, const ClientSpec& client,
                                      const ProbeSpec& probe, const Observation& seen);

// The client's certificate, if it may be what `why` says is missing: a given one that cannot be presented.
std::optional<SetAside> set_aside_too(const SetAside& aside, const Error& why);

// The checks that answer for what is set aside, and for which it is not: the first of the plan that verifies the
// server's name, that logs in with an account, that presents a certificate.
std::vector<const CheckSpec*> answering_for(const Plan& plan, const SetAside& aside);

// The same of an observation's words.
std::vector<const CheckSpec*> answering_for(const Plan& plan, const std::vector<std::string>& words);

}  // namespace mqtts::engine
