// Converts a JSON tree to a Plan.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/json/object_reader.h"
#include "harness/model/plan.h"

namespace mqtts::plan {

// Reads and checks the whole plan; if this adds to `problems`, the plan must not be used.
Plan read_plan(const json::Node& root, const std::map<std::string, std::string>& overrides,
               json::Diagnostics& problems);

// ---- its parts ----------------------------------------------------------------------------------

MaterialsSpec read_materials(const json::ObjectReader& plan);
std::map<std::string, ListenerSpec> read_listeners(const json::ObjectReader& plan);
std::vector<FileSpec> read_files(const json::ObjectReader& stage, const MaterialsSpec& materials);

// Reads a positive check's client; none if it has a problem.
std::optional<ClientSpec> read_client(json::ReadContext& context, const json::Node& client, const Plan& plan);

struct ChangedClient {
  ClientSpec client;
  std::string changed;  // the key that differs
};

// Returns `control` with the one change in the object `change`; none if that has a problem.
std::optional<ChangedClient> read_changed_client(json::ReadContext& context, const json::Node& change,
                                                 const ClientSpec& control, const Plan& plan);

// Reads "accepted", an object, or a list of these; empty if invalid.
std::vector<Expected> read_expected(const json::ObjectReader& check);

Action read_action(const json::ObjectReader& check, const ClientSpec& client, const Plan& plan);

// First use of each check id, in the whole plan.
struct CheckPlace {
  std::string stage;
  std::size_t at = 0;
};
using CheckPlaces = std::map<std::string, CheckPlace>;

// One check needs another, as stated at `node`.
struct Need {
  std::string check;
  std::string needed;
  const json::Node* node = nullptr;
};

// Reads the checks of one stage, each negative one resolved from its control. `plan` has its materials and listeners.
// Adds what the checks need to `needs`; all of it exists.
std::vector<CheckSpec> read_checks(const json::ObjectReader& stage, const Plan& plan, const CheckPlaces& places,
                                   std::vector<Need>& needs);

// ---- grading ------------------------------------------------------------------------------------

GradingSpec read_grading(const json::ObjectReader& plan);
std::optional<Visibility> read_visibility(const json::ObjectReader& source);
std::optional<FailureDetail> read_detail(const json::ObjectReader& source);
std::optional<Credit> read_credit(const json::ObjectReader& source);

// Reports each cycle of checks that need one another, at the place that closes it.
void check_circles(json::ReadContext& context, const std::vector<Need>& needs);

// Reads where the lab puts its own material on the broker's host. `plan` has its materials.
MaterialSources read_plan_given(const json::ObjectReader& source, const Plan& plan);

}  // namespace mqtts::plan
