// From a JSON tree to a Plan.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/json/object_reader.h"
#include "harness/model/plan.h"

namespace mqtts::plan {

// Reads and checks the whole plan; what is wrong is in `problems`, and the plan is then not fit for use.
Plan read_plan(const Node& root, const std::map<std::string, std::string>& overrides, Problems& problems);

// ---- its parts ----------------------------------------------------------------------------------

MaterialsSpec read_materials(const Fields& plan);
std::map<std::string, ListenerSpec> read_listeners(const Fields& plan);
std::vector<FileSpec> read_files(const Fields& stage, const MaterialsSpec& materials);

// A positive check's client; none if something is wrong with it.
std::optional<ClientSpec> read_client(Reading& reading, const Node& client, const Plan& plan);

struct ChangedClient {
  ClientSpec client;
  std::string changed;  // the key that differs
};

// `control` with the one change that the object `change` states; none if something is wrong with that.
std::optional<ChangedClient> read_changed_client(Reading& reading, const Node& change, const ClientSpec& control,
                                                 const Plan& plan);

// "accepted", an object, or a list of these; empty if wrong.
std::vector<Expected> read_expected(const Fields& check);

Action read_action(const Fields& check, const ClientSpec& client, const Plan& plan);

// Where each check id was first used, in the whole plan.
struct CheckPlace {
  std::string stage;
  std::size_t at = 0;
};
using CheckPlaces = std::map<std::string, CheckPlace>;

// One check needs another, as it is said at `node`.
struct Need {
  std::string check;
  std::string needed;
  const Node* node = nullptr;
};

// The checks of one stage, each negative one resolved from its control. `plan` has its materials and listeners; what
// the checks need is added to `needs`, and is known to be there.
std::vector<CheckSpec> read_checks(const Fields& stage, const Plan& plan, const CheckPlaces& places,
                                   std::vector<Need>& needs);

// ---- what concerns marks --------------------------------------------------------------------------

GradingSpec read_grading(const Fields& plan);
std::optional<Visibility> read_visibility(const Fields& source);
std::optional<FailureDetail> read_detail(const Fields& source);
std::optional<Credit> read_credit(const Fields& source);

// Tells each circle of checks that need one another, where it closes.
void check_circles(Reading& reading, const std::vector<Need>& needs);

// Where the lab puts its own material on the broker's host. `plan` has its materials.
GivenMaterials read_plan_given(const Fields& source, const Plan& plan);

}  // namespace mqtts::plan
