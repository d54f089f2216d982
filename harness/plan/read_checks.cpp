// Reads the checks of one stage: first the positive ones, then the negative ones, which depend on them.
#include <algorithm>

#include "harness/plan/read_plan.h"

namespace mqtts::plan {
namespace {

struct Draft {
  json::ObjectReader source;
  CheckSpec spec;
  bool is_negative = false;
  bool has_client = false;  // its client is known and valid
};

const Expected accepted{Outcome::accepted, By::broker, {}};

std::vector<std::string> check_ids(const std::vector<Draft>& drafts, bool negative) {
  std::vector<std::string> ids;
  for (const auto& draft : drafts)
    if (draft.is_negative == negative) ids.push_back(draft.spec.id);
  return ids;
}

// Returns the check of this stage that `node` names; reports if there is none.
const Draft* find_check(json::ReadContext& context, const json::Node& node, const std::string& id,
                        const std::vector<Draft>& drafts, const CheckPlaces& places, bool negative) {
  const auto found =
      std::ranges::find(drafts, id, [](const Draft& draft) -> const std::string& { return draft.spec.id; });
  if (found != drafts.end()) return &*found;
  if (const auto elsewhere = places.find(id); elsewhere != places.end())
    context.fault(node, msg("check \"{name}\" belongs to stage \"{stage}\"; it must be one of the same stage",
                            {{"name", json::shown(id)}, {"stage", json::shown(elsewhere->second.stage)}}));
  else
    context.fault(node, msg("there is no check \"{name}\" that fits here; known: {known}",
                            json::unknown(id, check_ids(drafts, negative))));
  return nullptr;
}

void read_common(Draft& draft, const CheckPlaces& places) {
  const auto& source = draft.source;
  auto& check = draft.spec;
  check.id = source.name("id");
  if (const auto* id = source.find("id"); !check.id.empty() && places.at(check.id).at != id->at)
    source.context().fault(*id, msg("there is another check \"{name}\" in this plan", {{"name", check.id}}));
  check.title = source.local_text("title", check.id);
  check.hint = source.local_text("hint", "");
  check.points = source.number("points", {0, 1000}, 1);
  check.bonus = source.flag("bonus", false);
  check.visibility = read_visibility(source);
  check.detail = read_detail(source);
  check.tags = source.texts("tags");
  check.expected = read_expected(source);
}

// A needed check may be in any stage.
void read_needs(Draft& draft, const CheckPlaces& places, std::vector<Need>& needs) {
  auto& context = draft.source.context();
  for (const auto& [node, id] : draft.source.texts_at("needs")) {
    draft.spec.needs.push_back(id);
    if (id == draft.spec.id) {
      context.fault(*node, msg("a check cannot need itself"));
    } else if (places.contains(id)) {
      needs.push_back({draft.spec.id, id, node});
    } else {
      auto args = json::unknown(id, json::keys_of(places));
      args["nearest"] = context.did_you_mean(id, json::keys_of(places));
      context.fault(
          *node, args["nearest"].empty()
                     ? msg("there is no check \"{name}\" in this plan; known: {known}", std::move(args))
                     : msg("there is no check \"{name}\" in this plan; did you mean \"{nearest}\"?", std::move(args)));
    }
  }
}

void read_positive(Draft& draft, const Plan& plan) {
  const auto& source = draft.source;
  auto& context = source.context();
  const auto* client_node = source.find("client");
  if (client_node == nullptr) {
    context.fault(source.node(), msg("a check needs a \"client\", or a \"control\" and a \"change\""));
    return;
  }
  if (const auto client = read_client(context, *client_node, plan)) {
    draft.spec.client = *client;
    draft.has_client = true;
  }
  draft.spec.action = read_action(source, draft.spec.client, plan);
  if (std::ranges::any_of(draft.spec.expected, [](const auto& expected) { return expected != accepted; }))
    context.fault(*source.find("expect"), msg("a check with a \"client\" must expect \"accepted\"; a rejection needs a "
                                              "\"control\" and a \"change\""));
}

void read_negative(Draft& draft, const std::vector<Draft>& drafts, const Plan& plan, const CheckPlaces& places) {
  const auto& source = draft.source;
  auto& context = source.context();
  if (const auto* client = source.find("client"))
    context.fault(*client, msg("a check has a \"client\", or a \"control\" and a \"change\", not both"));
  if (const auto* action = source.find("action"))
    context.fault(*action, msg("a negative check does what its control does: leave \"action\" out"));
  if (const auto* proven_by = source.find("proven_by"))
    context.fault(*proven_by, msg("only a check with a \"client\" can be proven by others"));
  if (std::ranges::find(draft.spec.expected, accepted) != draft.spec.expected.end())
    context.fault(*source.find("expect"), msg("a negative check must not expect \"accepted\""));

  draft.spec.control = source.text("control");
  const auto* change = source.need("change");
  if (draft.spec.control.empty()) return;
  const auto& control_node = *source.find("control");
  const auto* control = find_check(context, control_node, draft.spec.control, drafts, places, false);
  if (control == nullptr) return;
  if (control->is_negative) {
    context.fault(control_node, msg("\"{name}\" is a negative check itself: a control is one that must be accepted",
                                    {{"name", control->spec.id}}));
    return;
  }
  if (change == nullptr || !control->has_client) return;
  const auto changed = read_changed_client(context, *change, control->spec.client, plan);
  if (!changed) return;
  draft.spec.client = changed->client;
  draft.spec.changed = changed->changed;
  draft.spec.action = control->spec.action;
  auto* round_trip = std::get_if<RoundTripAction>(&draft.spec.action);
  if (round_trip != nullptr && !plan.listeners.at(draft.spec.client.listener).tls)
    round_trip->reader_certificate.reset();
}

void read_proofs(Draft& draft, const std::vector<Draft>& drafts, const CheckPlaces& places) {
  auto& context = draft.source.context();
  for (const auto& [node, id] : draft.source.texts_at("proven_by")) {
    draft.spec.proven_by.push_back(id);
    const auto* proof = find_check(context, *node, id, drafts, places, true);
    if (proof != nullptr && !proof->is_negative)
      context.fault(*node, msg("\"{name}\" is no negative check: it cannot prove that others are kept out",
                               {{"name", proof->spec.id}}));
  }
}

}  // namespace

std::vector<CheckSpec> read_checks(const json::ObjectReader& stage, const Plan& plan, const CheckPlaces& places,
                                   std::vector<Need>& needs) {
  std::vector<Draft> drafts;
  for (const auto& node : stage.elements("checks")) {
    const json::ObjectReader source(stage.context(), node, "checks",
                                    {"id", "title", "hint", "points", "bonus", "needs", "visibility", "detail", "tags",
                                     "client", "action", "control", "change", "expect", "proven_by"});
    if (!source.is_object()) continue;
    const bool is_negative = source.find("control") != nullptr || source.find("change") != nullptr;
    drafts.push_back({source, {}, is_negative, false});
    read_common(drafts.back(), places);
    read_needs(drafts.back(), places, needs);
  }
  for (auto& draft : drafts)
    if (!draft.is_negative) read_positive(draft, plan);
  for (auto& draft : drafts) {
    if (draft.is_negative) read_negative(draft, drafts, plan, places);
    if (!draft.is_negative) read_proofs(draft, drafts, places);
  }
  std::vector<CheckSpec> checks;
  checks.reserve(drafts.size());
  for (auto& draft : drafts) checks.push_back(std::move(draft.spec));
  return checks;
}

}  // namespace mqtts::plan
