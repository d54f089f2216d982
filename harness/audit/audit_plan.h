// The plan of an audit: every check of the catalogue that can be made with what the user gives.
#pragma once

#include <cstdint>
#include <string>

#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/model/target.h"
#include "harness/util/error.h"

namespace mqtts::audit {

// An account of the broker, as the user gives it. Empty: none.
struct GivenLogin {
  std::string user;
  std::string password_file;
};

struct Given {
  std::string ca;  // file; empty: the system's trust store
  std::string ca_key;
  GivenLogin user;
  GivenLogin other_user;
  std::string certificate;
  std::string key;
  std::string other_certificate;  // the second account's own
  std::string other_key;
  GivenIdentity revoked{};  // a client's that the broker must refuse; empty: none
  bool intrusive = false;
  int most_wrong_logins = 3;
  bool has_ssh = false;

  // What a first look has shown.
  std::uint16_t tls_port = 8883;
  bool has_tls = true;  // the port takes connections
  bool has_plain = true;
  bool may_log_in_clear = false;      // the user has named a port without TLS, by a mqtt:// or ws:// URL
  bool has_secure_websocket = false;  // a port is known
  bool has_websocket = false;
  bool is_trusted = true;            // the server's certificate is the CA's, and for the broker's name
  bool is_trust_known = true;        // false: the first look saw no certificate, as it got no answer in time
  bool asks_for_certificate = true;  // the server asks clients for one; true also where this is not known
};

// The plan scenarios/audit.json for what is given: clients bring the login and the certificate if there are any. A
// check that cannot be made says what is missing (CheckSpec::missing). Without a TLS port, clients connect to the
// secure WebSocket port, else to the plain one. Nobody's password is sent by TLS to a server that is not trusted, nor
// in clear where the user has not named such a port. The
// client certificate is only brought to a server that asks for one, and where checks are about it.
Plan audit_plan(const Given& given);

// Wrong logins that the checks of the plan make, those that are not made not counted.
int wrong_logins_of(const Plan& plan);

// The same material as `audit_plan` names it. `Given::ca` is not empty.
MaterialSources materials_of(const Given& given);

// The file of certificates that the system trusts; empty: there is none.
std::string system_trust_store();

// A check that is tried even where nobody has given what its control needs.
bool is_tried_without_control(const CheckSpec& check);

// Gives each check the remedy for that broker (TargetResult::broker).
void choose_remedies(TargetResult& target);

// Checks whose client was turned away since the broker demands what was not given: they become skipped, and say what
// to give.
void explain_refusals(TargetResult& target, const Given& given);

}  // namespace mqtts::audit
