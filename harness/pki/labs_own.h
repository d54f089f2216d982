// Which of a plan's materials the broker knows, so that fresh ones would not do.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/material_sources.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"

namespace mqtts::pki {

// Names in the plan's materials.
struct LabsOwn {
  std::set<std::string> authorities;  // and so the certificates that they sign
  std::set<std::string> accounts;
  std::set<std::string> identities;  // certificates that `given` names though their authority is none of these
};

// Of a broker as it stands:
// - an authority, if a stage puts it, or a certificate that it signed, on the host; if a client that must be let in
//   trusts it or presents a certificate of it; or if `given` names it at "authorities". Not one whose file the plan
//   has, unless `given` names it; nor a stranger's, if `given` lacks a certificate of it that a client presents;
// - an account, if it is in a stage's password file; if a client that must be let in logs in with it and the plan has
//   no password for it; or if `given` names it.
// Strangers, of whom only refused clients have anything, are none of these, unless `given` names them.
//
// Where the harness applies the stages, those of them that `given` gives and no stage puts on the host.
LabsOwn labs_own(const Plan& plan, const MaterialSources& given, Configuration configuration);

// Whether refused clients present that certificate, and none that must be let in.
bool only_refused_clients_present(const std::string& certificate, const Plan& plan);

// The entries of `given` that are in the plan, and are not used where the harness applies the stages: they put their
// own.
std::vector<std::string> replaced_by_stages(const Plan& plan, const MaterialSources& given);

}  // namespace mqtts::pki
