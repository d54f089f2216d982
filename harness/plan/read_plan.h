// Converts a JSON tree to a Plan.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/json/object_reader.h"
#include "harness/model/plan.h"
#include "harness/model/probe_kind.h"

namespace mqtts::plan {

// Reads and checks the whole plan; if this adds to `problems`, the plan must not be used.
Plan read_plan(const json::Node& root, const std::map<std::string, std::string>& overrides, ProbeKinds kinds,
               json::Diagnostics& problems);

// ---- its parts ----------------------------------------------------------------------------------

MaterialsSpec read_materials(const json::ObjectReader& plan);
// Read that part of the "materials".
void read_authorities(const json::ObjectReader& fields, MaterialsSpec& materials);
void read_certificates(const json::ObjectReader& fields, MaterialsSpec& materials);  // after the authorities
std::map<std::string, ListenerSpec> read_listeners(const json::ObjectReader& plan);
// The object at `key`: {ACCOUNT: {FILTER: "read", "write", "readwrite" or "none"}}; "%u" in a filter is the account's
// name.
std::vector<AccountRules> read_access_rules(const json::ObjectReader& source, std::string_view key,
                                            const MaterialsSpec& materials);
std::vector<FileSpec> read_files(const json::ObjectReader& stage, const MaterialsSpec& materials);

// Reads a positive check's client. Of one with a problem, all that is sound.
ClientSpec read_client(json::ReadContext& context, const json::Node& client, const Plan& plan);

bool is_tls(const Plan& plan, const std::string& listener);

// Record a diagnostic and return false if the plan has no such material.
bool check_certificate(json::ReadContext& context, const json::Node& node, const std::string& name, const Plan& plan);
bool check_account(json::ReadContext& context, const json::Node& node, const std::string& name, const Plan& plan);

void complain_of_no_tls(json::ReadContext& context, const json::Node& node, std::string_view key,
                        const std::string& listener);

struct Changed {
  ClientSpec client;
  ProbeSpec probe;
  std::string changed;  // see CheckSpec::changed
};

// Whether a control was read without a problem; a faulty one holds what of it was sound.
enum class Soundness {
  sound,
  faulty
};

// Returns `control` with the one change in the object `change`: of a field of its client, of a parameter of its probe,
// or of one field of another client; none if that has a problem. What a change makes of a faulty control is not
// checked.
std::optional<Changed> read_change(json::ReadContext& context, const json::Node& change, const CheckSpec& control,
                                   Soundness soundness, const Plan& plan, ProbeKinds kinds);

// Reads "accepted", an object, or a list of these; empty if invalid. `facts`: those that may be demanded.
std::vector<Expected> read_expected(const json::ObjectReader& check, const std::vector<FactKind>& facts);

// One outcome that may be seen; none if it is not well written, which is reported.
std::optional<Expected> read_observed(json::ReadContext& context, const json::Node& node,
                                      const std::vector<FactKind>& facts);

// The object "facts": each fact with a value, or with an object of one comparison.
std::vector<Predicate> read_facts(const json::ObjectReader& expected, const std::vector<FactKind>& known);

// A positive check's "probe", or its "action"; to connect if it has neither. Of no kind if that is invalid.
ProbeSpec read_probe(const json::ObjectReader& check, const ClientSpec& client, const Plan& plan, ProbeKinds kinds);

// Parameters and roles of a kind; of all kinds if it is null.
std::vector<std::string> changeable_parts(const ProbeKind* kind, ProbeKinds kinds);

// Makes the change in `probe`, and returns what is changed; none if something is wrong with it.
std::optional<std::string> change_probe(json::ReadContext& context, const json::Member& change, ProbeSpec& probe,
                                        const ProbeKind& kind, const ClientSpec& client, Soundness soundness,
                                        const Plan& plan);

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
                                   ProbeKinds kinds, std::vector<Need>& needs);

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
