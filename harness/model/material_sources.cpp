#include "harness/model/material_sources.h"

namespace mqtts {

MaterialSources merged(MaterialSources target, const MaterialSources& plan) {
  if (target.ca.empty()) target.ca = plan.ca;
  if (target.ca_key.empty()) target.ca_key = plan.ca_key;
  target.authorities.insert(plan.authorities.begin(), plan.authorities.end());
  for (const auto& [name, others] : plan.alternatives)
    if (!target.identities.contains(name)) target.alternatives.emplace(name, others);
  target.identities.insert(plan.identities.begin(), plan.identities.end());
  target.accounts.insert(plan.accounts.begin(), plan.accounts.end());
  return target;
}

}  // namespace mqtts
